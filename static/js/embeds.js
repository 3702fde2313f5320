// A player or a map is loaded when the reader asks for it, and not before. Without this the card is a link.

for (const card of document.querySelectorAll("figure.embed[data-frame]")) {
  const offer = card.querySelector(".embed-offer")
  if (!offer) continue
  offer.hidden = false
  offer.querySelector("button").addEventListener("click", () => {
    const frame = document.createElement("iframe")
    frame.title = card.querySelector(".embed-title").textContent
    frame.className = `embed-frame embed-${card.dataset.shape}`
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-presentation")
    frame.allow = "fullscreen; picture-in-picture; encrypted-media"
    frame.referrerPolicy = "strict-origin" // players ask who shows them; which article it is they are not told
    frame.loading = "lazy"
    frame.tabIndex = 0
    frame.src = card.dataset.frame
    offer.replaceWith(frame)
    frame.focus()
  })
}
