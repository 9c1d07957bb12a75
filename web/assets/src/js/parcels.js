// Parcels on the map over tiles: drawn from our own tiles once one is near, listed beside
// the map as buttons, and taken by a press, by Enter or by a button.
import { readTile } from './tile.js'

const KEEP = 64, LISTED = 6

// parcels draws what is near and hands on what was taken: on(number, area) of a parcel,
// none(here) where there is none, or nothing answers.
export function parcels(box, words, fill, map) {
  const { plots, plotAt, plotZoom } = box.dataset
  const part = box.querySelector('[data-live-parcels]'), list = part?.querySelector('ul')
  const tiles = new Map()
  let seen = new Map(), taken = '', asked = 0

  function tile(z, tx, ty) {
    const key = z + '/' + tx + '/' + ty
    if (tiles.has(key)) return tiles.get(key)
    tiles.set(key, undefined)
    if (tiles.size > KEEP) tiles.delete(tiles.keys().next().value)
    fetch(plots + '/' + key + '.mvt')
      .then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.arrayBuffer() })
      .then((bytes) => { tiles.set(key, readTile(bytes).parcels ?? []); map.redraw() })
      .catch(() => tiles.set(key, [])) // the number can still be typed
    return undefined
  }

  // draw outlines the parcels of what is seen.
  function draw(pen, colour, zoom, [west, north], [east, south]) {
    seen = new Map()
    if (!plots || zoom < plotZoom - 0.5) return // half a zoom sooner: a narrow screen shows less at once
    const z = Math.min(Math.max(Math.floor(zoom), plotZoom), 18), n = 2 ** z
    for (let tx = Math.max(0, Math.floor(west * n)); tx <= Math.min(n - 1, Math.floor(east * n)); tx++) {
      for (let ty = Math.max(0, Math.floor(north * n)); ty <= Math.min(n - 1, Math.floor(south * n)); ty++) {
        for (const f of tile(z, tx, ty) ?? []) {
          if (!seen.has(f.says.number)) seen.set(f.says.number, { ...f.says, ring: f.paths[0].map(([px, py]) => [(tx + px) / n, (ty + py) / n]) })
        }
      }
    }
    pen.lineWidth = 1
    for (const p of seen.values()) outline(pen, p, p.number === taken ? colour.room : colour.text, p.number === taken)
  }

  function outline(pen, p, colour, full) {
    pen.beginPath()
    p.ring.forEach((at, i) => pen[i ? 'lineTo' : 'moveTo'](...map.onScreen(at)))
    pen.closePath()
    pen.strokeStyle = pen.fillStyle = colour
    pen.globalAlpha = full ? 0.25 : 0.06
    pen.fill()
    pen.globalAlpha = full ? 1 : 0.4
    pen.lineWidth = full ? 3 : 1
    pen.stroke()
    pen.globalAlpha = 1
  }

  const called = (p) => fill(words.plot, { n: p.number, m: p.area })

  // show lists the parcels nearest to the middle and leaves the focus where it is.
  function show(middle) {
    if (!part) return
    const far = (p) => {
      const [px, py] = p.ring.reduce(([ax, ay], [bx, by]) => [ax + bx / p.ring.length, ay + by / p.ring.length], [0, 0])
      return Math.hypot(px - middle[0], py - middle[1])
    }
    const near = [...seen.values()].sort((a, b) => far(a) - far(b)).slice(0, LISTED)
    part.hidden = !near.length
    const had = [...list.querySelectorAll('button')]
    if (had.map((b) => b.value).join() === near.map((p) => p.number).join()) return
    const focus = had.find((b) => b === document.activeElement)?.value
    list.replaceChildren(...near.map((p) => {
      const item = document.createElement('li'), button = document.createElement('button')
      button.type = 'button'
      button.value = p.number
      button.textContent = called(p)
      button.addEventListener('click', () => take(p))
      item.append(button)
      return item
    }))
    if (focus) ([...list.querySelectorAll('button')].find((b) => b.value === focus) ?? map.canvas).focus()
  }

  function take(p) {
    asked++
    taken = p.number
    map.on(p, called(p))
  }

  // at asks which parcel lies at a place, of several questions for the last.
  function at(place) {
    const mine = ++asked
    taken = ''
    if (!plotAt) return map.none(words.here)
    fetch(plotAt + '?at=' + place)
      .then((answer) => (answer.ok ? answer.json() : answer.status === 404 ? null : undefined), () => undefined)
      .then((p) => {
        if (mine !== asked) return
        if (p) take(p)
        else map.none(p === null ? words.noplot : words.failedplot)
      })
  }

  return { draw, show, at }
}
