// Everything here is a comfort: each page works without it.
import './bid.js'
import './passkey.js'
import './sign.js'
import './upload.js'
import { kiosk } from './kiosk.js'
import { pannable } from './map.js'
import { shortcuts } from './shortcuts.js'

const each = (selector, act) => document.querySelectorAll(selector).forEach(act)

// An error summary takes focus, and its links put the cursor into the field.
each('.govuk-error-summary', (box) => {
  if (box.parentElement.tagName === 'MAIN') box.focus()
  box.addEventListener('click', (event) => {
    const field = document.getElementById(event.target.hash?.slice(1) ?? '')
    if (!field) return
    event.preventDefault()
    field.closest('.govuk-form-group')?.scrollIntoView()
    field.focus({ preventScroll: true })
  })
})

// A form is sent once. Without a connection it is not sent at all: the answer
// stays on the page, the person is told, and it is theirs to send again.
each('form[method="post"]', (form) => {
  const notice = document.getElementById('offline')
  form.addEventListener('submit', (event) => {
    if (!navigator.onLine && notice) {
      event.preventDefault()
      notice.hidden = false
      return
    }
    if (form.dataset.sent) return event.preventDefault()
    form.dataset.sent = 'yes'
  })
  window.addEventListener('online', () => notice && (notice.hidden = true))
})
window.addEventListener('pageshow', () => each('form[data-sent]', (form) => delete form.dataset.sent))

each('[data-print]', (button) => {
  button.hidden = false
  button.addEventListener('click', () => window.print())
})

each('[data-copy]', (button) => {
  if (!navigator.clipboard) return
  button.hidden = false
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent)
    button.textContent = button.dataset.copied
  })
})

// Nothing of the verifier is loaded until its button is pressed.
each('[data-verifier]', (box) => {
  if (!globalThis.WebAssembly) return
  box.hidden = false
  document.getElementById('browser-verify').addEventListener('click', async () => (await import(box.dataset.script)).verify())
})

// What draws a map over tiles is loaded only where there is one.
each('[data-live]', async (box) => (await import(box.dataset.script)).atlas(box))

each('table[data-rows]', shortcuts)
each('[data-map]', pannable)
each('body > [data-kiosk]', kiosk)
