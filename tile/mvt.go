// Package tile makes vector tiles of points, lines and areas: what is seen of a map at
// one zoom, thinned so that no tile grows beyond what a slow line carries. It
// writes Mapbox Vector Tiles 2.1, in which every map program reads them, and is
// pure: the same points give the same bytes.
//
// Points are sorted once along a curve on which each tile of each zoom is one
// stretch, and added up into cells, zoom by zoom, from the finest up. A tile is
// then one look-up, however many points there are.
package tile

import (
	"encoding/binary"
	"slices"
)

// Extent is how many units a tile is wide and high.
const Extent = 4096

// Mime is the media type of a tile.
const Mime = "application/vnd.mapbox-vector-tile"

// Spot is a place within a tile, from its north-western corner, in parts of
// Extent; lines may reach beyond it.
type Spot struct{ X, Y int32 }

// Tag is one property of a feature.
type Tag struct {
	Key   string
	value value
}

type value struct {
	text   string
	number int64
	isText bool
}

// Text is a property that is a text, Number one that is a whole number.
func Text(key, text string) Tag { return Tag{key, value{text: text, isText: true}} }

// Number is a property that is a whole number.
func Number(key string, n int64) Tag { return Tag{key, value{number: n}} }

// Layer collects the features of one kind.
type Layer struct {
	name     string
	keys     []string
	keyAt    map[string]uint64
	values   []value
	valueAt  map[value]uint64
	features []byte
	scratch  []byte
}

// NewLayer begins a layer without features.
func NewLayer(name string) *Layer {
	return &Layer{name: name, keyAt: make(map[string]uint64), valueAt: make(map[value]uint64)}
}

// The numbers of the format's fields, each with its wire type.
const (
	tileLayer = 3<<3 | bytesType

	layerName    = 1<<3 | bytesType
	layerFeature = 2<<3 | bytesType
	layerKey     = 3<<3 | bytesType
	layerValue   = 4<<3 | bytesType
	layerExtent  = 5<<3 | varintType
	layerVersion = 15<<3 | varintType

	featureID       = 1<<3 | varintType
	featureTags     = 2<<3 | bytesType
	featureType     = 3<<3 | varintType
	featureGeometry = 4<<3 | bytesType

	valueText   = 1<<3 | bytesType
	valueNumber = 4<<3 | varintType

	varintType = 0
	bytesType  = 2

	pointType   = 1
	linesType   = 2
	polygonType = 3

	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// Point adds a point. An id of 0 is none.
func (l *Layer) Point(id uint64, at Spot, tags ...Tag) {
	g := l.scratch[:0]
	g = binary.AppendUvarint(g, moveTo|1<<3)
	g = appendMove(g, Spot{}, at)
	l.feature(id, pointType, g, tags)
	l.scratch = g
}

// Lines adds lines as one feature; those of fewer than two spots are left out.
func (l *Layer) Lines(id uint64, lines [][]Spot, tags ...Tag) {
	g := l.scratch[:0]
	var at Spot
	for _, line := range lines {
		if len(line) < 2 {
			continue
		}
		g = binary.AppendUvarint(g, moveTo|1<<3)
		g = appendMove(g, at, line[0])
		g = binary.AppendUvarint(g, lineTo|uint64(len(line)-1)<<3)
		for i := range line[1:] {
			g = appendMove(g, line[i], line[i+1])
		}
		at = line[len(line)-1]
	}
	l.scratch = g
	if len(g) > 0 {
		l.feature(id, linesType, g, tags)
	}
}

// Polygon adds an area by its ring, not closed, whichever way round: it is written the way
// round of an outer one. What comes to less than a triangle is left out.
func (l *Layer) Polygon(id uint64, ring []Spot, tags ...Tag) {
	var on []Spot
	var twice int64 // the area, more than zero clockwise as it is seen: y goes down
	for i, s := range ring {
		next := ring[(i+1)%len(ring)]
		twice += int64(s.X)*int64(next.Y) - int64(next.X)*int64(s.Y)
		if s != next {
			on = append(on, s)
		}
	}
	if twice == 0 || len(on) < 3 {
		return
	}
	if twice < 0 {
		slices.Reverse(on)
	}
	g := binary.AppendUvarint(l.scratch[:0], moveTo|1<<3)
	g = appendMove(g, Spot{}, on[0])
	g = binary.AppendUvarint(g, lineTo|uint64(len(on)-1)<<3)
	for i := range on[1:] {
		g = appendMove(g, on[i], on[i+1])
	}
	g = binary.AppendUvarint(g, closePath|1<<3)
	l.scratch = g
	l.feature(id, polygonType, g, tags)
}

func appendMove(b []byte, from, to Spot) []byte {
	b = binary.AppendUvarint(b, zigzag(to.X-from.X))
	return binary.AppendUvarint(b, zigzag(to.Y-from.Y))
}

func zigzag(n int32) uint64 { return uint64(uint32(n<<1) ^ uint32(n>>31)) }

func (l *Layer) feature(id uint64, kind uint64, geometry []byte, tags []Tag) {
	var head [64]byte
	b := head[:0]
	if id > 0 {
		b = binary.AppendUvarint(append(b, featureID), id)
	}
	if len(tags) > 0 {
		var room [64]byte
		t := room[:0]
		for _, tag := range tags {
			t = binary.AppendUvarint(t, l.key(tag.Key))
			t = binary.AppendUvarint(t, l.value(tag.value))
		}
		b = appendBytes(b, featureTags, t)
	}
	b = append(b, featureType, byte(kind))
	b = appendBytes(b, featureGeometry, geometry)
	l.features = appendBytes(l.features, layerFeature, b)
}

func (l *Layer) key(k string) uint64 {
	at, ok := l.keyAt[k]
	if !ok {
		at = uint64(len(l.keys))
		l.keyAt[k], l.keys = at, append(l.keys, k)
	}
	return at
}

func (l *Layer) value(v value) uint64 {
	at, ok := l.valueAt[v]
	if !ok {
		at = uint64(len(l.values))
		l.valueAt[v], l.values = at, append(l.values, v)
	}
	return at
}

// Encode writes a tile; layers without features are left out, as the format has
// it.
func Encode(layers ...*Layer) []byte {
	var out []byte
	for _, l := range layers {
		if len(l.features) > 0 {
			out = appendBytes(out, tileLayer, l.encode())
		}
	}
	return out
}

func (l *Layer) encode() []byte {
	b := make([]byte, 0, len(l.features)+32*len(l.values)+256)
	b = append(b, layerVersion, 2)
	b = appendBytes(b, layerName, []byte(l.name))
	b = append(b, l.features...)
	for _, k := range l.keys {
		b = appendBytes(b, layerKey, []byte(k))
	}
	for _, v := range l.values {
		var room [96]byte
		inner := room[:0]
		if v.isText {
			inner = appendBytes(inner, valueText, []byte(v.text))
		} else {
			inner = binary.AppendUvarint(append(inner, valueNumber), uint64(v.number))
		}
		b = appendBytes(b, layerValue, inner)
	}
	return binary.AppendUvarint(append(b, layerExtent), Extent)
}

func appendBytes(b []byte, field byte, inner []byte) []byte {
	b = binary.AppendUvarint(append(b, field), uint64(len(inner)))
	return append(b, inner...)
}
