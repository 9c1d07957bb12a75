// pannable lets a map be moved and enlarged: by buttons, by the keys +, −, 0 and
// the arrows, by dragging, and by the wheel with Ctrl. The drawing itself is the
// server's; only what of it is seen changes.
export function pannable(figure) {
  const svg = figure.querySelector('.map__svg')
  const box = svg.viewBox.baseVal
  const w = box.width, h = box.height
  let x = 0, y = 0, k = 1
  const show = () => {
    x = Math.min(Math.max(x, 0), w - w / k)
    y = Math.min(Math.max(y, 0), h - h / k)
    svg.setAttribute('viewBox', [x, y, w / k, h / k].map((n) => Math.round(n * 10) / 10).join(' '))
    svg.style.setProperty('--zoom', 1 / k)
    svg.classList.toggle('map__svg--near', k > 1)
  }
  const zoom = (by, cx = 0.5, cy = 0.5) => {
    const to = Math.min(Math.max(k * by, 1), 16)
    x += cx * (w / k - w / to)
    y += cy * (h / k - h / to)
    k = to
    show()
  }
  const move = (dx, dy) => {
    x += dx * w / k
    y += dy * h / k
    show()
  }
  const act = { in: () => zoom(1.6), out: () => zoom(1 / 1.6), whole: () => zoom(0) }
  const keys = { '+': act.in, '=': act.in, '-': act.out, 0: act.whole,
    ArrowLeft: () => move(-0.2, 0), ArrowRight: () => move(0.2, 0), ArrowUp: () => move(0, -0.2), ArrowDown: () => move(0, 0.2) }

  figure.querySelectorAll('[data-map-tools]').forEach((tools) => (tools.hidden = false))
  figure.querySelectorAll('[data-map-do]').forEach((button) => button.addEventListener('click', act[button.dataset.mapDo]))
  svg.setAttribute('tabindex', '0')
  svg.addEventListener('keydown', (event) => {
    const does = keys[event.key]
    if (!does || event.ctrlKey || event.metaKey || event.altKey || (k === 1 && event.key.startsWith('Arrow'))) return
    event.preventDefault()
    does()
  })
  svg.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return // the page scrolls
    event.preventDefault()
    const on = svg.getBoundingClientRect()
    zoom(event.deltaY < 0 ? 1.25 : 0.8, (event.clientX - on.left) / on.width, (event.clientY - on.top) / on.height)
  }, { passive: false })

  let from = null, moved = false
  svg.addEventListener('pointerdown', (event) => {
    moved = false
    if (k > 1 && event.button === 0) from = [event.clientX, event.clientY]
  })
  window.addEventListener('pointermove', (event) => {
    if (!from) return
    const dx = from[0] - event.clientX, dy = from[1] - event.clientY
    if (!moved && Math.hypot(dx, dy) < 4) return
    moved = true
    from = [event.clientX, event.clientY]
    const on = svg.getBoundingClientRect()
    move(dx / on.width, dy / on.height)
  })
  window.addEventListener('pointerup', () => (from = null))
  svg.addEventListener('dragstart', (event) => event.preventDefault())
  svg.addEventListener('click', (event) => moved && event.preventDefault(), true)
}
