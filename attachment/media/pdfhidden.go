package media

import (
	"slices"

	"aiqyn"
)

// What reads a document does not read it from front to back: a table at its end says at
// which byte each object stands. That may be within a stream, a string or a comment, where
// one who reads from front to back sees bytes without a meaning. A watch looks for the
// beginning of an object there: "7 0 obj <<". A dictionary or an array it must be, to do
// anything. In a hundred megabytes of chance one comes up in fewer than one of a hundred.

// watch looks for the beginning of an object among bytes that are passed over.
type watch struct {
	matched int // letters of "obj", 4 with the space behind them; 0: nothing
	lead    bool
	found   bool
}

func (w *watch) see(b byte) {
	const word = "obj"
	switch {
	case w.matched >= len(word):
		switch {
		case isSpace(b):
			return // as many as there are
		case b == '<' || b == '[' || b == '%':
			w.found = true
		}
		w.matched = 0
	case b == word[w.matched] && (w.matched > 0 || w.lead):
		w.matched++
	default:
		w.matched = 0
	}
	w.lead = isSpace(b) || isDigit(b)
}

// unseen reads what has no meaning of its own, and refuses objects in it.
func (p *pdfReader) unseen(read func() error) error {
	if p.inner { // nothing points into what is unpacked
		return read()
	}
	p.watching, p.watch = true, watch{lead: true} // something else has ended, as before a space
	err := read()
	p.watching = false
	if err == nil && p.watch.found {
		err = aiqyn.E(aiqyn.Invalid, "error.attachment-active")
	}
	return err
}

// isPredicted reports whether what is unpacked is still to be made plain: by what stands
// before, as pictures are. Nobody who means well writes objects so.
func (p *pdfReader) isPredicted() bool {
	return slices.ContainsFunc(p.names, func(name string) bool { return name == "DecodeParms" || name == "DP" || name == "Predictor" })
}
