// A shared screen that nobody touches says so, counts down, and forgets whoever
// was there. The page it leads to replaces this one: Back does not return here.
export function kiosk(bar) {
  const idle = Number(bar.dataset.idle), warn = Number(bar.dataset.warn)
  const warning = bar.querySelector('[data-kiosk-warning]'), left = bar.querySelector('[data-kiosk-left]')
  const over = () => location.replace(bar.dataset.kiosk)
  let since = Date.now()
  const touch = () => {
    since = Date.now()
    warning.hidden = true
  }
  for (const kind of ['pointerdown', 'keydown', 'scroll', 'input']) window.addEventListener(kind, () => warning.hidden && touch(), { passive: true })
  bar.querySelector('[data-kiosk-stay]').addEventListener('click', touch)
  bar.querySelector('a').addEventListener('click', (event) => {
    event.preventDefault()
    over()
  })
  setInterval(() => {
    const rest = Math.ceil(idle - (Date.now() - since) / 1000)
    if (rest <= 0) return over()
    left.textContent = rest
    if (rest <= warn && warning.hidden) {
      warning.hidden = false
      warning.querySelector('button').focus()
    }
  }, 500)
  window.addEventListener('pageshow', (event) => event.persisted && over())
}
