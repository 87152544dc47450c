// What the shell does by itself: closes menus, ends an idle session, and puts the few words
// that Streamlit has built in into Chinese.
(() => {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  });

  // Streamlit writes the target's query under the page that is left, then the target itself:
  // two steps back for one tap. The first is skipped; the front door leaves no step either.
  const push = history.pushState.bind(history);
  history.pushState = (state, title, address) => {
    const to = new URL(address ?? location.href, location.href);
    const leaving = window.onedoorTo && window.onedoorTo !== location.pathname;
    if (leaving && to.pathname === location.pathname) return;
    window.onedoorTo = undefined;
    if (location.pathname === "/" && to.pathname !== "/") history.replaceState(state, title, address);
    else push(state, title, address);
  };

  // A chart cannot say where a tap on it leads; the container around it does.
  document.addEventListener("pointerdown", (event) => {
    const box = event.target.closest?.('[class*="st-key-to_"]');
    if (box) window.onedoorTo = "/" + box.className.match(/st-key-to_(\w+)/)[1];
  }, { capture: true });

  // Plotly selects what the pointer hovers over, and a finger does not hover: without this the
  // first tap on a bar would do nothing.
  document.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" || !event.target.closest?.(".js-plotly-plot")) return;
    const { clientX, clientY } = event;
    event.target.dispatchEvent(new MouseEvent("mousemove", { clientX, clientY, bubbles: true }));
  }, { capture: true });

  // The server ends an idle session by itself; this takes the data off the screen as well. What is
  // being typed goes to the server first, which keeps it until the person has signed in again.
  const idle = Number(document.documentElement.dataset.idle || 0) * 1000;
  let last = Date.now();
  for (const sign of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(sign, () => (last = Date.now()), { passive: true, capture: true });
  }
  if (idle) {
    setInterval(() => {
      if (Date.now() - last < idle + 5000) return;
      last = Date.now() - idle + 60000; // in use elsewhere, the session goes on: asked again then
      document.activeElement?.blur();
      setTimeout(() => document.querySelector("header.bar [data-tap=idle]")?.click(), 1000);
    }, 15000);
  }

  const WORDS = {
    "No results": "没有匹配的选项",
    "Select all": "全选",
    "Clear all": "全部清除",
    "Clear value": "清除",
    "Clear selection": "清除选择",
    "Open": "展开",
    "Close": "关闭",
    "Upload": "选择文件",
    "Browse files": "选择文件",
    "Drag and drop file here": "把文件拖到这里",
    "Drag and drop files here": "把文件拖到这里",
    "Show password text": "显示密码",
    "Hide password text": "隐藏密码",
    "Previous month": "上个月",
    "Next month": "下个月",
    "Choose date": "选择日期",
    "Choose date and time": "选择日期和时间",
    "Choose a date": "选择日期",
    "Select a date.": "选择日期",
    "Increment": "增加",
    "Decrement": "减少",
    "Skip to main content": "跳到正文",
    "Connection error": "连接断开",
    "Connection timed out.": "连接超时。",
    "Streamlit server is not responding. Are you connected to the internet?":
      "服务器暂时没有应答，正在自动重连。请检查网络，已填写的内容请先不要关闭页面。",
    "Page not found": "没有这个页面",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "用方向键选日期，回车确定，Esc 关闭。",
    "An error has occurred, please try again.": "出了点问题，请再试一次。",
    "Network Error": "网络中断，请再试一次",
    "Too many files": "文件太多",
    "Remove": "移除",
    "Loading...": "正在加载……",
    "Running...": "正在处理……",
    "Stop": "停止",
    "Selected values": "已选",
    "Toggle fullscreen": "全屏",
    "Fullscreen": "全屏",
    "Time": "时间",
    "yyyy": "年",
    "mm": "月",
    "dd": "日",
    "HH": "时",
    "file upload": "选择文件",
    "Close fullscreen": "退出全屏",
  };
  const RULES = [
    [/^Limit (\S+) per file.*$/, "每个文件不超过 $1"],
    [/^(\S+) per file.*$/, "每个文件不超过 $1"],
    [/^File must be (\S+) or smaller\.?$/, "文件不能超过 $1"],
    [/^.*files are not allowed\.?$/, "这种文件不能用，请换成上面写的格式"],
    [/^(\d+) of (\d+) selected$/, "已选 $1 / $2"],
    [/^Remove (.+)$/, "移除 $1"],
    [/^Shortcut (.+)$/, "快捷键 $1"],
    [/^Choose date and time, (.+)$/, "选择日期和时间，$1"],
    [/^Choose date, (.+)$/, "选择日期，$1"],
    [/^year, (.*)$/, "年，$1"],
    [/^month, (.*)$/, "月，$1"],
    [/^day, (.*)$/, "日，$1"],
    [/^hour, (.*)$/, "时，$1"],
    [/^minute, (.*)$/, "分，$1"],
    [/^You have requested page (.+), but no corresponding file was found.*$/, "没有找到页面 $1。"],
  ];
  const ATTRIBUTES = ["aria-label", "title", "placeholder"];
  const chinese = (text) => {
    if (!document.documentElement.lang.startsWith("zh")) return null;
    const bare = text.trim();
    if (!bare || !/^[A-Za-z\d]/.test(bare)) return null;
    if (Object.hasOwn(WORDS, bare)) return WORDS[bare];
    for (const [pattern, words] of RULES) {
      if (pattern.test(bare)) return bare.replace(pattern, words);
    }
    return null;
  };
  const turn = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.parentElement && node.parentElement.closest(".taps, .stHtml, .stMarkdown")) return;
      const minutes = node.nodeValue === "mm" && node.parentElement?.dataset.type === "minute";
      const words = minutes ? "分" : chinese(node.nodeValue || "");
      if (words) node.nodeValue = words;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(".taps, .stHtml")) return;
    for (const name of ATTRIBUTES) {
      const words = node.hasAttribute(name) && chinese(node.getAttribute(name));
      if (words) node.setAttribute(name, words);
    }
    node.childNodes.forEach(turn);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(turn);
      else turn(change.target);
    }
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
})();
