package web

import (
	"io"
	"net/http"
	"time"
)

// How much of what nobody has read is taken in so that the answer arrives, and how long
// more of it is waited for.
const (
	leftoverMost = maxFiles
	leftoverWait = 10 * time.Second
	leftoverTime = time.Minute
)

// leftover is the body of a request as it comes in, and what becomes of the part that its
// handler leaves unread: too large, of the wrong kind, by somebody who may not. A server
// that answers and closes while the other side still sends resets the connection, and a
// browser then shows a page of its own in place of the answer.
type leftover struct {
	io.ReadCloser
	none        bool // there is no body
	begun, over bool // something was read, the end was
}

func (l *leftover) Read(b []byte) (int, error) {
	l.begun = true
	n, err := l.ReadCloser.Read(b)
	l.over = l.over || err != nil
	return n, err
}

// drain reads on to the end, so that the answer can follow. Who waits to be told to go on
// (Expect: 100-continue) has sent nothing yet, and gets the answer instead: without the
// header the server would ask for the body first.
func (l *leftover) drain(w http.ResponseWriter, r *http.Request) {
	if l.none || l.over {
		return
	}
	if !l.begun && r.Header.Get("Expect") != "" {
		w.Header().Set("Connection", "close")
		return
	}
	control, until := http.NewResponseController(w), time.Now().Add(leftoverTime)
	for left := int64(leftoverMost); left > 0 && !l.over && time.Now().Before(until); {
		_ = control.SetReadDeadline(time.Now().Add(leftoverWait)) // what cannot wait, as in tests, does not
		n, _ := io.CopyN(io.Discard, l, min(left, 1<<20))
		left -= max(n, 1)
	}
	_ = control.SetWriteDeadline(time.Now().Add(leftoverWait))
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
	before func() // is called before the answer begins
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.before()
	}
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.before()
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
