// Buttons that copy a field beside them. Without scripts, or where the browser refuses, the field is marked to be copied by hand.

const said = document.getElementById("desk-copied")

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies)
  button.hidden = false
  button.addEventListener("click", async () => {
    field.select()
    try {
      await navigator.clipboard.writeText(field.value)
      said.textContent = "Copied."
    } catch {
      field.focus()
      said.textContent = "This browser does not let a page copy. The link is marked: copy it with your keyboard or the menu."
    }
  })
}
