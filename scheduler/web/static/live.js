// A little more comfort where scripts run; every page is complete without it.
"use strict";

for (const button of document.querySelectorAll("[data-sure]")) {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.sure)) event.preventDefault();
  });
}

// On the pages of what is new, say when there is more; nobody's reading is moved.
const lists = { "/": ["story", "alert", "attempt"], "/stories": ["story"], "/alerts": ["alert"], "/deliveries": ["attempt"] };
// The site may be below a path, where this script is too.
const root = new URL("..", document.currentScript.src).pathname;
const kinds = lists[`/${window.location.pathname.slice(root.length)}`];
if (kinds && document.body.classList.contains("framed") && !window.location.search.includes("after=")) {
  const source = new EventSource(`${root}api/v1/events`);
  const main = document.getElementById("main");
  const note = document.createElement("p");
  note.className = "news";
  note.setAttribute("role", "status");
  let seen = 0;
  const say = () => {
    seen += 1;
    note.textContent = "";
    const link = document.createElement("a");
    link.href = window.location.href;
    link.textContent = seen === 1 ? "Something new happened. Load it" : `${seen} new things happened. Load them`;
    note.append(link);
    if (!note.isConnected) main.prepend(note);
  };
  for (const kind of kinds) source.addEventListener(kind, say);
  window.addEventListener("pagehide", () => source.close());
}
