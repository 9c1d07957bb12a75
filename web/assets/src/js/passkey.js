// Passkeys. The button is shown only where the browser can use them for this very
// site; everywhere else, and without scripts, there is the code.
const box = document.querySelector('[data-passkey]')
const form = box?.closest('form')

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

const listed = (list) => (list ?? []).map((key) => ({ ...key, id: bytes(key.id) }))

const create = async (asked) => {
  const made = await navigator.credentials.create({ publicKey: {
    ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: listed(asked.excludeCredentials),
  } })
  return answer(made, { attestationObject: text(made.response.attestationObject) })
}

const get = async (asked) => {
  const used = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) } })
  const said = used.response
  const whose = said.userHandle ? { userHandle: text(said.userHandle) } : {}
  return answer(used, { authenticatorData: text(said.authenticatorData), signature: text(said.signature), ...whose })
}

const answer = (key, response) => JSON.stringify({
  id: key.id, rawId: text(key.rawId), type: key.type, response: { clientDataJSON: text(key.response.clientDataJSON), ...response }, clientExtensionResults: {},
})

if (form && window.PublicKeyCredential && navigator.credentials) {
  const asked = JSON.parse(box.dataset.options)
  const party = asked.rpId ?? asked.rp.id
  if (location.hostname === party || location.hostname.endsWith('.' + party)) {
    box.hidden = false
    document.querySelectorAll('[data-passkey-absent]').forEach((note) => (note.hidden = true))
    box.querySelector('button').addEventListener('click', async (event) => {
      const button = event.target, failed = box.querySelector('[data-failed]')
      if (!form.reportValidity()) return
      button.disabled = failed.hidden = true
      try {
        form.querySelector('[data-answer]').value = await (box.dataset.passkey === 'create' ? create(asked) : get(asked))
      } catch {
        button.disabled = failed.hidden = false
        return
      }
      form.submit()
    })
  }
}
