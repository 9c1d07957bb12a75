// A map over our own tiles, drawn on a canvas: dragged, pinched, wheeled or moved
// by keys. Places are parts of the Web Mercator square, as in the tiles.
import { parcels } from './parcels.js'
import { readTile } from './tile.js'

const SIDE = 256, WIDE = 768, NEAR = 19, FAR = 3, KEEP = 160, REACH = 22, LISTED = 8, EDGE = 28

const toWorld = ([lon, lat]) => {
  const s = Math.sin(lat * Math.PI / 180)
  return [(lon + 180) / 360, 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI)]
}
const toDegrees = ([x, y]) => [x * 360 - 180, Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI]
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '')

// shapes tell how much room there is, as on the maps that the server draws.
const shapes = {
  room: (c, r) => { c.arc(0, 0, r, 0, 7); c.fill(); c.stroke() },
  little: (c, r) => { c.moveTo(0, -r * 1.2); c.lineTo(r * 1.2, r); c.lineTo(-r * 1.2, r); c.closePath(); c.fill(); c.stroke() },
  none: (c, r) => { c.moveTo(-r, -r); c.lineTo(r, r); c.moveTo(-r, r); c.lineTo(r, -r); c.lineWidth = 3; c.stroke() },
  unknown: (c, r) => { c.rect(-r, -r, 2 * r, 2 * r); c.lineWidth = 2.5; c.stroke() },
  withheld: (c, r) => { c.rect(-r, -r, 2 * r, 2 * r); c.fill(); c.stroke() },
}

// colours are those of the page, whatever scheme it is in, also where the person's own
// stand in for them: then the page itself must say which they are.
function colours(box) {
  const of = (name) => { box.style.color = `var(${name})`; return getComputedStyle(box).color }
  const all = { ground: of('--sand'), room: of('--accent'), little: of('--amber'), none: of('--red') }
  box.style.color = ''
  return { text: getComputedStyle(box).color, ...all }
}

export function atlas(box) {
  const words = JSON.parse(box.dataset.words)
  const canvas = box.querySelector('[data-live-canvas]'), pen = canvas.getContext('2d')
  const said = box.querySelector('[data-live-said]'), list = box.querySelector('[data-live-list]')
  const form = document.querySelector('form[action$="/capacity/points"]')
  box.hidden = false
  const [west, south, east, north] = box.dataset.box.split(',').map(Number)
  const home = fit(toWorld([west, north]), toWorld([east, south]))
  const start = box.dataset.zoom ? { at: toWorld(box.dataset.at.split(',').map(Number)), zoom: asked() } : home
  let [x, y] = start.at, zoom = start.zoom, chosen = null, due = false, drawn = []
  const tiles = new Map()

  document.querySelectorAll('[data-live-plain]').forEach((plain) => (plain.hidden = true))
  canvas.setAttribute('role', 'application')
  canvas.setAttribute('aria-label', words.title)
  box.querySelector('[data-live-keys]').textContent = words.keys

  const scale = () => SIDE * 2 ** zoom
  const onScreen = ([wx, wy]) => [(wx - x) * scale() + canvas.clientWidth / 2, (wy - y) * scale() + canvas.clientHeight / 2]
  const inWorld = (px, py) => [x + (px - canvas.clientWidth / 2) / scale(), y + (py - canvas.clientHeight / 2) / scale()]

  // A press, Enter or a button beside the map takes a parcel, or else the place itself.
  const plots = parcels(box, words, fill, { canvas, onScreen, redraw: () => redraw(),
    on: (p, called) => { write('', p.number); say(fill(words.taken, { plot: called }), toForm()) },
    none: (text) => say(fill(text, { at: placeText(chosen) }), toForm()) })

  // fit is where all of a box is seen, as near as it goes.
  function fit([left, top], [right, bottom]) {
    const wide = (canvas.clientWidth - 2 * EDGE) / SIDE / Math.max(right - left, 1e-9), high = (canvas.clientHeight - 2 * EDGE) / SIDE / Math.max(bottom - top, 1e-9)
    return { at: [(left + right) / 2, (top + bottom) / 2], zoom: Math.min(Math.max(Math.log2(Math.min(wide, high)), FAR), NEAR - 2) }
  }

  // asked is the zoom of the address: what fits a wide screen fits a narrow one.
  function asked() {
    return Number(box.dataset.zoom) + Math.min(0, Math.log2(canvas.clientWidth / WIDE))
  }

  // tile is one that is here, or undefined while it comes.
  function tile(z, tx, ty) {
    const key = z + '/' + tx + '/' + ty
    if (tiles.has(key)) return tiles.get(key)
    tiles.set(key, undefined)
    if (tiles.size > KEEP) tiles.delete(tiles.keys().next().value)
    fetch(box.dataset.tiles + '/' + key + '.mvt?of=' + box.dataset.tag)
      .then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.arrayBuffer() })
      .then((bytes) => { tiles.set(key, readTile(bytes)); redraw() })
      .catch(() => { tiles.delete(key); say(words.failed); later() })
    return undefined
  }

  function redraw() {
    if (due) return
    due = true
    requestAnimationFrame(() => { due = false; draw() })
  }

  function draw() {
    const w = canvas.clientWidth, h = canvas.clientHeight, dense = window.devicePixelRatio || 1
    if (canvas.width !== Math.round(w * dense) || canvas.height !== Math.round(h * dense)) {
      canvas.width = Math.round(w * dense)
      canvas.height = Math.round(h * dense)
    }
    const colour = colours(box)
    pen.setTransform(dense, 0, 0, dense, 0, 0)
    pen.fillStyle = colour.ground
    pen.fillRect(0, 0, w, h)
    const z = Math.max(0, Math.floor(zoom - 0.75)), n = 2 ** z // a tile's cells are wider than a mark with its count
    const [west, north] = inWorld(0, 0), [east, south] = inWorld(w, h)
    const seen = [], begins = []
    for (let tx = Math.max(0, Math.floor(west * n)); tx <= Math.min(n - 1, Math.floor(east * n)); tx++) {
      for (let ty = Math.max(0, Math.floor(north * n)); ty <= Math.min(n - 1, Math.floor(south * n)); ty++) {
        const layers = tile(z, tx, ty)
        if (!layers) continue
        const place = ([px, py]) => [(tx + px) / n, (ty + py) / n]
        mains(layers.lines ?? [], place, colour)
        for (const f of layers.transformers ?? []) seen.push({ ...f, at: place(f.paths[0][0]) })
        for (const f of layers.feeders ?? []) begins.push({ ...f, screen: onScreen(place(f.paths[0][0])) })
      }
    }
    plots.draw(pen, colour, zoom, [west, north], [east, south])
    drawn = seen.map((f) => ({ ...f, screen: onScreen(f.at) }))
    if (zoom >= 14) begins.forEach((f) => feeder(f, colour))
    drawn.forEach((f) => mark(f, colour))
    if (zoom >= 15) names(drawn.filter((f) => !f.says.count), colour)
    if (chosen) pin(onScreen(chosen), colour)
    later()
  }

  function mains(features, place, colour) {
    pen.beginPath()
    pen.strokeStyle = colour.text
    pen.globalAlpha = 0.4
    pen.lineWidth = 1
    for (const f of features) {
      for (const line of f.paths) line.forEach((p, i) => pen[i ? 'lineTo' : 'moveTo'](...onScreen(place(p))))
    }
    pen.stroke()
    pen.globalAlpha = 1
  }

  function mark(f, colour) {
    pen.save()
    pen.translate(...f.screen)
    pen.beginPath()
    pen.lineWidth = 1
    pen.fillStyle = colour[f.says.room] || colour.text
    pen.strokeStyle = f.says.room === 'none' ? colour.none : f.says.room === 'unknown' ? colour.text : colour.ground
    shapes[f.says.room]?.(pen, f.says.count ? 9 : 5.5)
    if (f.says.count) tally(f, colour)
    pen.restore()
  }

  // feeder marks where one begins, with its free kilowatts where there is room.
  function feeder(f, colour) {
    const [px, py] = f.screen
    pen.beginPath()
    pen.lineWidth = 2
    pen.fillStyle = colour[f.says.room] || colour.text
    pen.strokeStyle = colour.ground
    pen.moveTo(px, py - 8); pen.lineTo(px + 6, py); pen.lineTo(px, py + 8); pen.lineTo(px - 6, py); pen.closePath()
    pen.fill(); pen.stroke()
    if (zoom < 16 || f.says.free_kw === undefined) return
    pen.font = '600 12px sans-serif'
    pen.lineWidth = 3
    pen.fillStyle = colour.text
    pen.strokeText(f.says.free_kw, px + 9, py + 4)
    pen.fillText(f.says.free_kw, px + 9, py + 4)
  }

  // tally writes how many a mark stands for upon it.
  function tally(f, colour) {
    pen.font = String(f.says.count).length > 1 ? '600 10px sans-serif' : '600 12px sans-serif' // within the mark
    pen.textAlign = 'center'
    const filled = f.says.room === 'room' || f.says.room === 'little' || f.says.room === 'withheld'
    const under = f.says.room === 'little' ? 8 : 4
    if (!filled || String(f.says.count).length > 2) {
      pen.lineWidth = 4
      pen.lineJoin = 'round'
      pen.strokeStyle = filled ? pen.fillStyle : colour.ground
      pen.strokeText(f.says.count, 0, under)
    }
    pen.fillStyle = filled ? colour.ground : colour.text
    pen.fillText(f.says.count, 0, under)
  }

  // names are written where they cover neither a mark nor one another.
  function names(list, colour) {
    const taken = drawn.map(({ screen: [px, py] }) => [px - 7, py - 7, px + 7, py + 7])
    const free = (a) => !taken.some((b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3])
    pen.font = '600 13px sans-serif'
    pen.lineWidth = 3
    pen.strokeStyle = colour.ground
    pen.fillStyle = colour.text
    for (const f of list) {
      const [px, py] = f.screen, text = called(f), wide = pen.measureText(text).width
      const left = [px + 10, px - 10 - wide].find((l) => free([l, py - 8, l + wide, py + 8]))
      if (left === undefined) continue
      taken.push([left, py - 8, left + wide, py + 8])
      pen.strokeText(text, left, py + 5)
      pen.fillText(text, left, py + 5)
    }
  }

  function pin([px, py], colour) {
    pen.beginPath()
    pen.strokeStyle = colour.text
    pen.lineWidth = 2
    pen.arc(px, py, 12, 0, 7)
    pen.moveTo(px - 18, py); pen.lineTo(px - 6, py); pen.moveTo(px + 6, py); pen.lineTo(px + 18, py)
    pen.moveTo(px, py - 18); pen.lineTo(px, py - 6); pen.moveTo(px, py + 6); pen.lineTo(px, py + 18)
    pen.stroke()
  }

  const called = (f) => f.says.name || '№ ' + f.id
  const free = (says) => {
    if (says.room === 'withheld') return words.withheld
    const kw = says.count ? says.best_kw : says.free_kw
    return kw === undefined ? words.unlimited : kw === 0 ? words.nothing : fill(words.free, { kw })
  }
  // pending is what is reserved and not yet connected, and what would be free without it.
  const pending = ({ pending_kw: kw, lapse_kw: lapse }) => (kw === undefined ? '' : '; ' + fill(lapse === undefined ? words.pending : words.lapse, { kw, lapse }))
  const name = (f) => (f.says.count ? fill(words.group, { n: f.says.count, free: free(f.says) }) : fill(words.transformer, { name: called(f), free: free(f.says) }))

  let pressed = 0
  function say(text, ...links) {
    pressed++ // an answer that is still on its way comes too late
    said.replaceChildren(text, ...links.flatMap((link) => [' ', link]))
  }

  // wanted says what open applications ask for below a transformer now, where it is told:
  // tiles are of the publication, and it is not in them.
  async function wanted(f) {
    const links = [link(f.id, words.open), link(f.id + '/history', words.history)]
    const published = name(f) + pending(f.says)
    say(published, ...links)
    const mine = pressed
    const { asked } = await fetch(box.dataset.now + '/' + f.id).then((answer) => (answer.ok ? answer.json() : {})).catch(() => ({}))
    if (asked && mine === pressed) say(published + '; ' + (asked.w ? fill(words.asked, { kw: (asked.w / 1000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 }), n: asked.applications }) : words.unasked), ...links)
  }

  function link(id, text) {
    const a = document.createElement('a')
    a.className = 'govuk-link'
    a.href = box.dataset.page + '/' + id
    a.textContent = text
    return a
  }

  // show lists what is near, and leaves the focus where it is: on the same place, if it
  // is still listed.
  function show(near) {
    const at = document.activeElement.closest?.('[data-live-list] a')?.href
    const items = near.map((f) => {
      const item = document.createElement('li')
      item.append(link(f.id, name(f)), ' – ' + words[f.says.room])
      return item
    })
    if (items.map((i) => i.outerHTML).join() === [...list.children].map((i) => i.outerHTML).join()) return
    list.replaceChildren(...items)
    if (at) ([...list.querySelectorAll('a')].find((a) => a.href === at) ?? canvas).focus()
  }

  // later brings the list and the address up to date once the map rests; until its tiles
  // have come, the list is not whole.
  let timer = 0
  function later() {
    list.setAttribute('aria-busy', 'true')
    clearTimeout(timer)
    timer = setTimeout(() => {
      const middle = [canvas.clientWidth / 2, canvas.clientHeight / 2]
      const near = drawn.filter((f) => !f.says.count).sort((a, b) => apart(a.screen, middle) - apart(b.screen, middle)).slice(0, LISTED)
      show(near)
      plots.show([x, y])
      if ([...tiles.values()].every(Boolean)) list.removeAttribute('aria-busy')
      const address = new URL(location.href), [lon, lat] = toDegrees([x, y])
      if (x === home.at[0] && y === home.at[1] && zoom === home.zoom) ['at', 'zoom'].forEach((name) => address.searchParams.delete(name))
      else {
        address.searchParams.set('at', lon.toFixed(5) + ',' + lat.toFixed(5))
        address.searchParams.set('zoom', Math.round(zoom))
      }
      history.replaceState(null, '', address)
      document.querySelectorAll('a[hreflang]').forEach((a) => (a.search = address.search))
    }, 250)
  }

  const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1])

  function go(nx, ny, nz) {
    x = Math.min(Math.max(nx, 0), 1)
    y = Math.min(Math.max(ny, 0), 1)
    zoom = Math.min(Math.max(nz, FAR), NEAR)
    redraw()
  }

  // nearer zooms so that what is under a point stays there.
  function nearer(by, px = canvas.clientWidth / 2, py = canvas.clientHeight / 2) {
    const [wx, wy] = inWorld(px, py)
    const to = Math.min(Math.max(zoom + by, FAR), NEAR), k = 2 ** (zoom - to)
    go(wx + (x - wx) * k, wy + (y - wy) * k, to)
  }

  const move = (dx, dy) => go(x + dx / scale(), y + dy / scale(), zoom)

  const placeText = (at) => toDegrees(at).map((d) => d.toFixed(6)).join(',')

  function write(at, parcel) {
    if (!form) return
    form.elements.at.value = at
    form.elements.parcel.value = parcel
  }

  // toForm leads to how much power is asked for.
  function toForm() {
    const a = document.createElement('a')
    a.className = 'govuk-link'
    a.href = '#kw'
    a.textContent = words.ask
    return a
  }

  function choose(at) {
    chosen = at
    write(placeText(at), '')
    plots.at(placeText(at))
    redraw()
  }

  function press(px, py) {
    const hit = drawn.map((f) => [apart(f.screen, [px, py]), f]).filter(([d]) => d <= REACH).sort((a, b) => a[0] - b[0])[0]?.[1]
    if (!hit) return choose(inWorld(px, py))
    if (!hit.says.count) return wanted(hit)
    if (hit.says.ids) return say(name(hit), ...hit.says.ids.split(' ').map((id) => link(id, '№ ' + id)))
    say(name(hit))
    go(hit.at[0], hit.at[1], zoom + 2)
  }

  const act = { in: () => nearer(1), out: () => nearer(-1), whole: () => go(...home.at, home.zoom) }
  const keys = { '+': act.in, '=': act.in, '-': act.out, 0: act.whole,
    ArrowLeft: () => move(-80, 0), ArrowRight: () => move(80, 0), ArrowUp: () => move(0, -80), ArrowDown: () => move(0, 80),
    Enter: () => press(canvas.clientWidth / 2, canvas.clientHeight / 2) }

  box.querySelectorAll('[data-live-do]').forEach((button) => button.addEventListener('click', act[button.dataset.liveDo]))
  canvas.addEventListener('keydown', (event) => {
    const does = keys[event.key]
    if (!does || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    does()
  })
  canvas.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return // the page scrolls
    event.preventDefault()
    nearer(event.deltaY < 0 ? 0.5 : -0.5, event.offsetX, event.offsetY)
  }, { passive: false })

  // One finger drags, two pinch; what has not moved is a press.
  const down = new Map()
  let moved = false
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return
    if (!down.size) moved = false
    down.set(event.pointerId, [event.offsetX, event.offsetY])
    canvas.setPointerCapture?.(event.pointerId)
  })
  canvas.addEventListener('pointermove', (event) => {
    const was = down.get(event.pointerId), is = [event.offsetX, event.offsetY]
    if (!was || (!moved && apart(was, is) < 5)) return
    moved = true
    if (down.size === 1) move(was[0] - is[0], was[1] - is[1])
    else {
      const other = [...down].find(([id]) => id !== event.pointerId)[1]
      nearer(Math.log2((apart(is, other) || 1) / (apart(was, other) || 1)), ...other)
    }
    down.set(event.pointerId, is)
  })
  const up = (event) => {
    if (!down.delete(event.pointerId) || down.size || moved || event.type !== 'pointerup') return
    press(event.offsetX, event.offsetY)
  }
  canvas.addEventListener('pointerup', up)
  canvas.addEventListener('pointercancel', up)
  window.addEventListener('resize', redraw)
  for (const scheme of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)']) matchMedia(scheme).addEventListener?.('change', redraw)
  draw()
}
