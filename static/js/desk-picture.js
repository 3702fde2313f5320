// The lead picture: shows what was chosen, sets the focal point by a click. The numbers stay what counts.

const view = document.querySelector(".desk-focus[data-facts]")
const field = (name) => document.getElementById(`id_${view?.hasAttribute("data-facts") ? "picture_" : ""}${name}`)

export function focus(view, x, y) {
  const mark = document.createElement("span")
  mark.className = "desk-focus-mark"
  mark.setAttribute("aria-hidden", "true")
  const place = () => {
    mark.style.left = `${x.value || 50}%`
    mark.style.top = `${y.value || 50}%`
    const picture = view.querySelector("img, canvas")
    if (picture && !mark.isConnected) view.append(mark)
    if (!picture) mark.remove()
  }
  view.addEventListener("click", (event) => {
    const picture = view.querySelector("img, canvas")
    if (!picture) return
    const box = picture.getBoundingClientRect()
    const share = (at, from, size) => Math.min(100, Math.max(0, Math.round(((at - from) / size) * 100)))
    x.value = share(event.clientX, box.left, box.width)
    y.value = share(event.clientY, box.top, box.height)
    place()
    x.dispatchEvent(new Event("change", { bubbles: true })) // who shows the crops follows
  })
  for (const input of [x, y]) input.addEventListener("input", place)
  place()
  return place
}

function show(picture) {
  view.querySelector("img, canvas")?.remove()
  if (picture) view.prepend(picture)
}

// A canvas, not a blob: address: the page's policy lets no blob in.
async function drawn(file) {
  const bitmap = await createImageBitmap(file, { resizeWidth: 640, resizeQuality: "medium" })
  const canvas = document.createElement("canvas")
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  canvas.getContext("2d").drawImage(bitmap, 0, 0)
  return canvas
}

function fill(facts) {
  for (const name of ["alt", "caption", "credit"]) field(name).value = facts[name] || ""
  field("focal_x").value = facts.focal_x ?? 50
  field("focal_y").value = facts.focal_y ?? 50
}

if (view && field("focal_x")) {
  const place = focus(view, field("focal_x"), field("focal_y"))
  const upload = document.getElementById("id_picture")
  const chosen = document.getElementById("id_lead_image")

  upload?.addEventListener("change", async () => {
    const file = upload.files[0]
    if (!file) return
    fill({})
    show(await drawn(file).catch(() => null)) // the server says what is wrong with it
    place()
  })

  const follow = async () => {
    if (upload) upload.value = ""
    if (!chosen.value) {
      show(null)
      fill({})
      return place()
    }
    const answer = await fetch(view.dataset.facts.replace("/0/", `/${chosen.value}/`), { headers: { Accept: "application/json" } })
    if (!answer.ok) return
    const facts = await answer.json()
    const picture = document.createElement("img")
    picture.alt = ""
    picture.src = facts.src
    show(picture)
    fill(facts)
    place()
  }
  chosen?.addEventListener("change", follow)
  window.django?.jQuery?.(chosen).on("select2:select select2:clear", follow)
}
