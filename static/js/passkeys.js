// Passkeys: forms with data-passkey="get" or "create" send what the browser's authenticator signed, as JSON, in `credential`.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0))
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")

const SAID = {
  NotAllowedError: "Nothing was chosen, or it took too long. Try once more.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys do not work at this address: open the site under its name.",
}
const ELSE = "Your browser could not do this. Use another way."

// For browsers without parse…FromJSON() and toJSON().
function opened(options) {
  const known = (list) => list?.map((item) => ({ ...item, id: bytes(item.id) }))
  const read = { ...options, challenge: bytes(options.challenge) }
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) }
  if (options.allowCredentials) read.allowCredentials = known(options.allowCredentials)
  if (options.excludeCredentials) read.excludeCredentials = known(options.excludeCredentials)
  return read
}

function closed(credential) {
  const { response } = credential
  const told = { clientDataJSON: text(response.clientDataJSON) }
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) told[name] = text(response[name])
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: told,
  }
}

async function ask(form) {
  const answer = form.dataset.from && (await fetch(form.dataset.from, { headers: { "X-Requested-With": "XMLHttpRequest" } }))
  if (answer && !answer.ok) throw new Error("No options")
  const { publicKey } = answer ? (await answer.json()).request_options : JSON.parse(form.dataset.options)
  const make = form.dataset.passkey === "create"
  const parse = make ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON"
  const options = PublicKeyCredential[parse] ? PublicKeyCredential[parse](publicKey) : opened(publicKey)
  const credential = await navigator.credentials[make ? "create" : "get"]({ publicKey: options })
  return credential.toJSON ? credential.toJSON() : closed(credential)
}

function prepare(form) {
  const button = form.querySelector("button[hidden]")
  const note = form.querySelector(".people-note")
  if (!window.PublicKeyCredential || /^[\d.]+$|:/.test(location.hostname)) {
    if (!form.dataset.from) note.textContent = "This browser, or this address, knows no passkeys. They need HTTPS and a name (“localhost” is one)."
    return
  }
  button.hidden = false
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    button.disabled = true
    note.textContent = ""
    try {
      form.elements.credential.value = JSON.stringify(await ask(form))
      form.submit()
    } catch (error) {
      note.textContent = SAID[error.name] ?? ELSE
      button.disabled = false
    }
  })
}

document.querySelectorAll("form[data-passkey]").forEach(prepare)
