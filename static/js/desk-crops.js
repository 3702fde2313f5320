// The crops of a picture, moved with its focal point. Reckoned as the worker cuts them (articles/renditions.py).

export function follow(view, x, y, src) {
  const [width, height] = [Number(view.dataset.width), Number(view.dataset.height)]
  const figures = [...view.querySelectorAll("figure")]
  for (const figure of figures) figure.querySelector("img").src = src

  const between = (least, value, most) => Math.min(Math.max(value, least), most)
  const cut = (figure) => {
    const [across, down] = [Number(figure.dataset.across), Number(figure.dataset.down)]
    const w = Math.max(1, Math.min(width, Math.floor((height * across) / down)))
    const h = Math.max(1, Math.min(height, Math.floor((width * down) / across)))
    const left = between(0, Math.floor((width * (x.value || 50)) / 100) - Math.floor(w / 2), width - w)
    const top = between(0, Math.floor((height * (y.value || 50)) / 100) - Math.floor(h / 2), height - h)
    const picture = figure.querySelector("img")
    picture.parentElement.style.aspectRatio = `${w} / ${h}`
    picture.style.width = `${(100 * width) / w}%`
    picture.style.marginLeft = `${(-100 * left) / w}%`
    picture.style.marginTop = `${(-100 * top) / w}%` // of the box's width, as all margins are
  }
  const move = () => figures.forEach(cut)
  for (const input of [x, y]) {
    input.addEventListener("input", move)
    input.addEventListener("change", move)
  }
  move()
}
