// Reads Mapbox Vector Tiles, as far as ours go: points, lines and areas with properties
// that are texts or whole numbers.
class Reader {
  constructor(bytes) { this.bytes = bytes; this.at = 0; this.text = new TextDecoder() }
  get more() { return this.at < this.bytes.length }
  varint() {
    let n = 0, scale = 1, b
    do {
      if (!this.more) throw new RangeError('a tile that ends too early')
      b = this.bytes[this.at++]
      n += (b & 127) * scale
      scale *= 128
    } while (b > 127)
    return n
  }
  part() {
    const length = this.varint(), from = this.at
    this.at += length
    return new Reader(this.bytes.subarray(from, this.at))
  }
  // fields calls on each field by its number: with a number, or a part to read.
  fields(on) {
    while (this.more) {
      const tag = this.varint()
      const value = (tag & 7) === 0 ? this.varint() : this.part()
      on[tag >> 3]?.(value)
    }
  }
  numbers() {
    const list = []
    while (this.more) list.push(this.varint())
    return list
  }
  string() { return this.text.decode(this.bytes) }
}

const signed = (n) => (n % 2 ? -(n + 1) / 2 : n / 2)

// paths are the lines, the rings or the points, of a geometry.
function paths(numbers) {
  const list = []
  let x = 0, y = 0
  for (let i = 0; i < numbers.length;) {
    const command = numbers[i] & 7
    let count = command === 7 ? (i++, 0) : numbers[i++] >> 3 // a closed path has no places of its own
    for (; count > 0; count--) {
      x += signed(numbers[i++])
      y += signed(numbers[i++])
      if (command === 1) list.push([])
      list[list.length - 1].push([x, y])
    }
  }
  return list
}

function feature(part) {
  const f = { id: 0, tags: [], paths: [] }
  part.fields({ 1: (n) => (f.id = n), 2: (p) => (f.tags = p.numbers()), 4: (p) => (f.paths = paths(p.numbers())) })
  return f
}

// readTile returns the features of each layer by its name; places are in parts of
// the tile.
export function readTile(buffer) {
  const layers = {}
  new Reader(new Uint8Array(buffer)).fields({ 3: (part) => {
    const keys = [], values = [], features = []
    let name = '', extent = 4096
    part.fields({
      1: (p) => (name = p.string()), 2: (p) => features.push(feature(p)), 3: (p) => keys.push(p.string()), 5: (n) => (extent = n),
      4: (p) => p.fields({ 1: (t) => values.push(t.string()), 4: (n) => values.push(n) }),
    })
    layers[name] = features.map((f) => {
      const says = {}
      for (let i = 0; i < f.tags.length; i += 2) says[keys[f.tags[i]]] = values[f.tags[i + 1]]
      return { id: f.id, says, paths: f.paths.map((line) => line.map(([x, y]) => [x / extent, y / extent])) }
    })
  } })
  return layers
}
