// Comforts only: every page works without this file. Old phones: ES5, no promises.
(function () {
  "use strict";
  var all = function (selector) { return [].slice.call(document.querySelectorAll(selector)); };
  var on = function (node, name, act) { if (node) { node.addEventListener(name, act); } };
  var id = function (name) { return document.getElementById(name); };

  var faults = id("faults");
  if (faults) { faults.focus(); }

  // A second tap waits for the first; coming back by the back button frees the buttons again.
  var busy = false;
  all("form").forEach(function (form) {
    on(form, "submit", function (event) {
      if (busy) { event.preventDefault(); return; }
      busy = true;
      var button = form.querySelector("[data-busy]");
      if (button) {
        button.setAttribute("data-text", button.textContent);
        button.textContent = button.getAttribute("data-busy");
      }
    });
  });
  on(window, "pageshow", function () {
    busy = false;
    all("[data-text]").forEach(function (button) {
      button.textContent = button.getAttribute("data-text");
    });
  });

  // Ticked boxes are marked as a whole, beside the tick itself.
  var paint = function () {
    all(".choice").forEach(function (label) {
      label.className = label.querySelector("input").checked ? "choice on" : "choice";
    });
  };
  on(document, "change", paint);
  paint();

  // Villages come by themselves once the township is chosen.
  var town = id("town"), village = id("village"), more = document.querySelector("[value=place]");
  if (town && village && window.XMLHttpRequest) {
    if (more) { more.hidden = true; }
    on(town, "change", function () {
      var request = new XMLHttpRequest();
      var chosen = town.value;
      while (village.options.length > 1) { village.remove(1); }
      id("villages").hidden = true;
      if (!chosen || chosen === "?") { return; }
      request.open("GET", "/new/villages?town=" + encodeURIComponent(chosen));
      request.onload = function () {
        if (request.status !== 200 || town.value !== chosen) { return; }
        var found = JSON.parse(request.responseText);
        found.forEach(function (v) { village.add(new Option(v[1], v[0])); });
        id("villages").hidden = !found.length;
      };
      request.onerror = function () { if (more) { more.hidden = false; } };
      request.send();
    });
  }

  // The position goes with the appeal only if the person asks for it.
  var position = id("position");
  if (position && navigator.geolocation && window.isSecureContext !== false) {
    var ask = position.querySelector("button"), said = position.querySelector("span[role]");
    position.hidden = false;
    ask.hidden = false;
    on(ask, "click", function () {
      said.textContent = position.getAttribute("data-busy");
      navigator.geolocation.getCurrentPosition(function (found) {
        id("lat").value = found.coords.latitude.toFixed(6);
        id("lon").value = found.coords.longitude.toFixed(6);
        said.textContent = position.getAttribute("data-done");
      }, function () {
        said.textContent = position.getAttribute("data-failed");
      }, { enableHighAccuracy: true, timeout: 15000 });
    });
  }

  // The receipt can be copied.
  all("[data-copy]").forEach(function (button) {
    button.parentNode.hidden = false;
    on(button, "click", function () {
      var area = document.createElement("textarea");
      area.value = button.getAttribute("data-copy");
      area.className = "unseen";
      document.body.appendChild(area);
      area.select();
      area.setSelectionRange(0, 999);
      if (document.execCommand("copy")) {
        button.textContent = button.getAttribute("data-copied");
      }
      document.body.removeChild(area);
      button.focus();
    });
  });

  // Chosen photos are shown before they are sent.
  if (window.URL && URL.createObjectURL && window.FileList) {
    document.documentElement.className += " js";
    all(".pick input").forEach(function (input) {
      var shown = document.createElement("div");
      shown.className = "preview";
      shown.setAttribute("role", "status");
      input.parentNode.appendChild(shown);
      on(input, "change", function () {
        var files = [].slice.call(input.files);
        shown.textContent = "";
        if (!files.length) { return; }
        var said = document.createElement("p");
        said.textContent = input.getAttribute("data-chosen").replace("{n}", files.length);
        shown.appendChild(said);
        files.slice(0, 9).forEach(function (file) {
          if (file.type.indexOf("image/") !== 0) { return; }
          var image = new Image();
          image.alt = file.name;
          image.onload = function () { URL.revokeObjectURL(image.src); };
          image.onerror = function () { shown.replaceChild(document.createTextNode(file.name + " "), image); };
          image.src = URL.createObjectURL(file);
          shown.appendChild(image);
        });
      });
    });
  }
})();
