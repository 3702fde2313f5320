// The library in a window of its own, opened by the text editor: a click hands the picture over.

for (const button of document.querySelectorAll(".desk-pick button")) {
  button.addEventListener("click", () => {
    const { src, alt, caption } = button.dataset
    const asked = new URLSearchParams(location.search).get("CKEditorFuncNum") ?? sessionStorage.getItem("asked")
    window.opener?.CKEDITOR?.tools?.callFunction(asked, src, { alternative_text: alt, caption })
    window.close()
  })
}

const asked = new URLSearchParams(location.search).get("CKEditorFuncNum")
if (asked) sessionStorage.setItem("asked", asked) // a search or another page of it keeps who asked
