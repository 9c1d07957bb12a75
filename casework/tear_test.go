package casework

import (
	"encoding/binary"
	"math/rand/v2"
)

// tear makes one way in which the bytes from…end of next may have reached a
// disk that had old there before.
type tear struct {
	name string
	make func(random *rand.Rand, old, next []byte, from int) []byte
}

var tears = []tear{
	{"cut", func(random *rand.Rand, _, next []byte, from int) []byte {
		return clip(next, from+random.IntN(len(next)-from+1))
	}},
	{"flipped", func(random *rand.Rand, _, next []byte, from int) []byte {
		out := clip(next, len(next))
		for range 1 + random.IntN(20) {
			out[from+random.IntN(len(out)-from)] ^= 1 << random.IntN(8)
		}
		return out
	}},
	{"lost sectors", func(random *rand.Rand, old, next []byte, from int) []byte {
		return mixSectors(random, old, next, from, 0)
	}},
	{"garbage", func(random *rand.Rand, old, next []byte, from int) []byte {
		return mixSectors(random, old, next, from, 40)
	}},
	{"reordered", func(random *rand.Rand, _, next []byte, from int) []byte {
		out := clip(next, len(next))
		first := max(from, walHeader)
		if n := (len(out) - first) / walFrame; n > 1 {
			for range 1 + n/2 {
				a, b := first+random.IntN(n)*walFrame, first+random.IntN(n)*walFrame
				page := append([]byte(nil), out[a:a+walFrame]...)
				copy(out[a:], out[b:b+walFrame])
				copy(out[b:], page)
			}
		}
		return out
	}},
	{"stale frames", func(random *rand.Rand, old, next []byte, from int) []byte {
		out := clip(next, len(next))
		for at := max(from, walHeader); at+walFrame <= len(out); at += walFrame {
			if n := (len(old) - walHeader) / walFrame; n > 0 && random.IntN(3) == 0 {
				stale := walHeader + random.IntN(n)*walFrame
				copy(out[at:at+walFrame], old[stale:])
			}
		}
		return out
	}},
	{"longer", func(random *rand.Rand, _, next []byte, from int) []byte {
		out := clip(next, from+random.IntN(len(next)-from+1))
		tail := make([]byte, random.IntN(3*walFrame))
		for i := range tail {
			tail[i] = byte(random.Uint32())
		}
		return append(out, tail...)
	}},
}

func clip(b []byte, n int) []byte { return append([]byte(nil), b[:n]...) }

// mixSectors lets each sector from…on be the next one, the old one or, in so
// many of a hundred, garbage.
func mixSectors(random *rand.Rand, old, next []byte, from, garbage int) []byte {
	out := clip(next, len(next))
	keep := random.IntN(100)
	for at := from; at < len(out); {
		end := min(len(out), at-at%sectorSize+sectorSize)
		switch {
		case random.IntN(100) < garbage:
			for i := at; i < end; i++ {
				out[i] = byte(random.Uint32())
			}
		case random.IntN(100) >= keep:
			clear(out[at:end])
			if at < len(old) {
				copy(out[at:end], old[at:])
			}
		}
		at = end
	}
	return out
}

// copying is a main file while its WAL is being copied into it: some of the
// pages that are committed there have arrived, whole or in part.
func copying(random *rand.Rand, m image) []byte {
	out := clip(m.main, len(m.main))
	for at := walHeader; at+walFrame <= m.synced; at += walFrame {
		if random.IntN(2) == 0 {
			continue
		}
		to := (int(binary.BigEndian.Uint32(m.wal[at:])) - 1) * pageSize
		if short := to + pageSize - len(out); short > 0 {
			out = append(out, make([]byte, short)...)
		}
		copy(out[to:to+pageSize], m.wal[at+24:at+24+sectorSize*(1+random.IntN(pageSize/sectorSize))])
	}
	return out
}

// tornPages is a main file in the middle of a checkpoint: of the pages that it
// changes, each is old, new, half of each, or garbage.
func tornPages(random *rand.Rand, before, after []byte) []byte {
	out := clip(after, len(after))
	for at := 0; at < len(out); at += pageSize {
		old := make([]byte, pageSize)
		if at < len(before) {
			copy(old, before[at:])
		}
		page := out[at : at+pageSize]
		if string(page) == string(old) {
			continue
		}
		switch random.IntN(4) {
		case 0:
			copy(page, old)
		case 1:
			cut := random.IntN(pageSize/sectorSize) * sectorSize
			copy(page[cut:], old[cut:])
		case 2:
			for i := range page {
				page[i] = byte(random.Uint32())
			}
		}
	}
	if len(before) < len(after) && random.IntN(2) == 0 {
		out = out[:len(before)]
	}
	return out
}

// tornHeader is a WAL whose frames are in the main file already, as its header
// is being written for the next round.
func tornHeader(random *rand.Rand, old, next []byte) []byte {
	out := clip(old, len(old))
	copy(out, next[:random.IntN(walHeader+1)])
	if random.IntN(2) == 0 {
		out[random.IntN(walHeader)] ^= byte(1 + random.IntN(255))
	}
	return out
}
