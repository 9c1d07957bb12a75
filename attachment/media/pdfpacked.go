package media

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"errors"
	"io"
	"slices"
	"strconv"

	"aiqyn"
)

// start is where an object in a stream begins.
type start struct{ at, number int64 }

// startsIn reads the table at the front of a stream of objects: number and place
// of each. What makes no sense is left out: then its objects are not found.
func startsIn(plain []byte, held, first int64) (list []start) {
	if first <= 0 || first > int64(len(plain)) {
		return nil
	}
	words := bytes.Fields(plain[:first])
	for i := 0; i+1 < len(words) && int64(len(list)) < held; i += 2 {
		number, err := strconv.ParseInt(string(words[i]), 10, 64)
		at, err2 := strconv.ParseInt(string(words[i+1]), 10, 64)
		if err != nil || err2 != nil || at < 0 || at > int64(len(plain)) {
			return nil
		}
		list = append(list, start{first + at, number})
	}
	slices.SortFunc(list, func(a, b start) int { return cmp.Compare(a.at, b.at) })
	return list
}

// objects looks for names in a stream of objects as in the document itself.
func (p *pdfReader) objects(z io.Reader, from int64) error {
	plain, err := io.ReadAll(io.LimitReader(z, maxObjects+1))
	if err != nil {
		return malformed(err)
	}
	if len(plain) > maxObjects {
		return aiqyn.E(aiqyn.Invalid, "error.attachment-bomb")
	}
	inner := &pdfReader{scanner: newScanner(bytes.NewReader(plain)), inner: true, told: p.told, starts: startsIn(plain, p.held, p.first)}
	if err := inner.tokens(); err != nil {
		return err
	}
	inner.endObject()
	p.packet(plain, inner.spans, from)
	return p.count(int64(len(plain)))
}

// packet has a stream of objects packed again, of which some tell about the
// document: without that, and no longer than it was.
func (p *pdfReader) packet(plain []byte, spans []span, from int64) {
	if len(spans) == 0 {
		return
	}
	if p.told.packets++; p.told.packets > maxPackets {
		p.told.unsafe = true
		return
	}
	for _, s := range spans {
		overwrite(plain[s.from:s.to])
	}
	b := blank{span{from, p.at}, pack(plain)}
	if int64(len(b.with)) > b.to-b.from {
		p.told.unsafe = true
		return
	}
	p.told.blanks = append(p.told.blanks, b)
}

func pack(plain []byte) []byte {
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err == nil {
		_, err = z.Write(plain)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		panic(err) // of a buffer
	}
	return b.Bytes()
}
