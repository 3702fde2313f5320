// Before the page is drawn, so that nothing shifts: whether this reader gave lately, and whether they closed the bar. Pages
// are the same for everybody; style sheets show what fits. Without this file the ask stays.
(() => {
  const page = document.documentElement;
  const { campaign } = document.currentScript.dataset;
  const lately = Date.now() - 30 * 24 * 3600 * 1000; // a gift to this campaign counts for as long as the cookie is kept
  const [, told = ""] = /(?:^|; )(?:__Host-)?gave=([^.;]*)/.exec(document.cookie) ?? [];
  const gifts = told.split("~").map((gift) => gift.split("_"));
  if (gifts.some(([to, day]) => to === campaign || Date.parse(day) > lately)) page.dataset.gave = "";

  // Private windows may refuse the storage: then the bar is closed on this page.
  const closed = "bar-closed";
  try {
    if (localStorage.getItem(closed) === campaign) page.dataset.bar = "closed";
  } catch {}
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close-bar]")) return;
    page.dataset.bar = "closed";
    try {
      localStorage.setItem(closed, campaign);
    } catch {}
  });
})();
