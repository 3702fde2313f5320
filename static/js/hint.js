// On pages that ask: the links to a campaign take along which article they stand in (campaigns/hints.py). Only the fragment
// of the address says it, which is not sent to anybody; nothing is kept. Without this file a link is a link.
for (const link of document.querySelectorAll("a[data-hint]")) {
  link.hash = link.hash ? `${link.hash}&from=${link.dataset.hint}` : `#from=${link.dataset.hint}`;
}
