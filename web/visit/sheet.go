package visit

import (
	"net/http"
	"time"

	"aiqyn/web/sheet"
)

// sheetFor is how long a file may take to be read: longer than a page.
const sheetFor = 5 * time.Minute

// Sheet sends a list as a file, row by row. An error before the first byte is
// an answer like any other; after it the connection is cut, so that nobody
// takes half a list for the whole.
func (v *Visit) Sheet(name string, f sheet.Format, s sheet.Sheet, rows sheet.Rows) error {
	_ = http.NewResponseController(v.W).SetWriteDeadline(time.Now().Add(sheetFor)) // a recorder in a test has none
	out := &lateWriter{w: v.W, header: func(h http.Header) {
		h.Set("Content-Type", f.MIME)
		h.Set("Content-Disposition", `attachment; filename="`+name+"."+f.Extension+`"`)
		h.Set("Cache-Control", "no-store")
	}}
	err := f.Write(out, s, rows)
	if err != nil && out.started {
		v.Log.Error("file cut", "id", v.ID, "err", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// lateWriter writes the header with the first byte.
type lateWriter struct {
	w       http.ResponseWriter
	header  func(http.Header)
	started bool
}

func (l *lateWriter) Write(b []byte) (int, error) {
	if !l.started {
		l.started = true
		l.header(l.w.Header())
	}
	return l.w.Write(b)
}
