// Keeps a board up to date: opens the stream, puts each state in its place, says when the line
// is broken. Without EventSource the state at loading stays, with its time.
const SILENCE = 100_000; // the server says something at least once a minute
const HIDDEN = 60_000; // a page that nobody sees gives its line back
const AGAIN = 30_000;

export function watch(box, source) {
  let line, silence, hidden, stopped = false;
  const root = () => box.querySelector(".lb");
  const state = (name, words) => {
    box.dataset.state = name;
    box.said = words ?? box.said;
    const place = box.querySelector(".lb-ended");
    if (place) place.textContent = box.said ?? "";
  };

  const put = (html) => {
    const seen = new Set([...box.querySelectorAll("[data-key]")].map((e) => e.dataset.key));
    const first = !root();
    box.innerHTML = html;
    if (!first) {
      for (const entry of box.querySelectorAll("[data-key]")) {
        if (!seen.has(entry.dataset.key)) entry.classList.add("lb-new");
      }
    }
  };

  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => { close(); state("off"); open(); }, SILENCE);
  };

  const close = () => {
    clearTimeout(silence);
    line?.close();
    line = undefined;
  };

  const open = () => {
    if (stopped || line || !window.EventSource) return;
    if (!box.isConnected) return stop();
    line = new EventSource(source);
    line.addEventListener("board", (event) => {
      put(JSON.parse(event.data).html);
      state("on", "");
      heard();
    });
    line.addEventListener("same", (event) => {
      const { at, time } = JSON.parse(event.data);
      for (const place of box.querySelectorAll(".lb-when time")) {
        place.dateTime = at;
        place.textContent = time;
      }
      state("on", "");
      heard();
    });
    line.addEventListener("ended", (event) => {
      stop();
      state("ended", JSON.parse(event.data).message);
    });
    line.onerror = () => {
      if (!box.isConnected) return stop();
      state("off");
      if (line?.readyState !== EventSource.CLOSED) return; // it tries again by itself
      close();
      refused();
    };
  };

  // A stream cannot say why it was refused; the same question by another way can.
  const refused = async () => {
    try {
      const answer = await fetch(source, { signal: AbortSignal.timeout(3000) });
      if (!answer.ok) {
        state("ended", (await answer.json()).message);
        if (answer.status < 429) return stop();
      } else await answer.body.cancel();
    } catch { /* the server is away; the screen says so already */ }
    setTimeout(open, AGAIN);
  };

  const seen = () => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(() => { close(); state("off"); }, HIDDEN);
    else open();
  };

  const stop = () => {
    stopped = true;
    close();
    clearInterval(left);
    clearTimeout(hidden);
    document.removeEventListener("visibilitychange", seen);
  };

  const left = setInterval(() => box.isConnected || stop(), 2000); // gone to another page
  document.addEventListener("visibilitychange", seen);
  open();
  return { source, stop };
}

// Puts the present state in an empty box, then keeps it up to date: for the office page.
export async function show(box, source) {
  if (!document.querySelector('link[href="/live/live.css"]')) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = "/live/live.css";
    document.head.append(style);
  }
  const answer = await fetch(source + "&once=1");
  const said = await answer.json();
  if (!answer.ok) {
    const words = document.createElement("p");
    words.className = "lb-wrong";
    words.textContent = said.message;
    box.replaceChildren(words);
    return { source, stop() {} };
  }
  box.innerHTML = said.html;
  return watch(box, source);
}

for (const box of document.querySelectorAll("main[data-live]")) {
  watch(box, box.dataset.live);
  const full = document.querySelector("[data-full]");
  if (full && document.documentElement.requestFullscreen) {
    full.hidden = false;
    const go = () => document.fullscreenElement || document.documentElement.requestFullscreen();
    full.onclick = go;
    document.addEventListener("keydown", (event) => {
      if (event.key === "f" && !event.ctrlKey && !event.metaKey) go();
    });
  }
  let still;
  const awake = () => {
    document.body.classList.add("awake");
    clearTimeout(still);
    still = setTimeout(() => document.body.classList.remove("awake"), 4000);
  };
  document.addEventListener("pointermove", awake);
  awake();
}
