// Package file lets people send files of a case and read them. Without a script
// a file goes along with its form, and is kept while it arrives. With one it goes
// in parts that may break off and go on, by tus 1.0 (https://tus.io), core and
// creation, termination: any client of that protocol can send it. A file is read
// for a purpose that is recorded, and shown without what its camera said.
package file

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

const (
	tusVersion = "1.0.0"
	hashHeader = "Upload-Hash" // of ours: what the file was kept as
	partWait   = 30 * time.Second
	checkWait  = 2 * time.Minute // for the answer, once all has arrived
)

// purposeOf is what the address says that a file is for.
func purposeOf(v *visit.Visit) casework.FileFor {
	return casework.FileFor{Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Step: aiqyn.StepID(v.Path("step")), Kind: v.Path("kind")}
}

// Begin begins an upload in parts.
func Begin(v *visit.Visit) error {
	length, err := number(v, "Upload-Length")
	if err != nil {
		return err
	}
	u, err := v.Engine.BeginFile(v.Context(), purposeOf(v), length)
	if err != nil {
		return err
	}
	f := purposeOf(v)
	v.W.Header().Set("Location", v.Href("desk", f.Ref, "steps", f.Step, "files", f.Kind, u.ID))
	return answer(v, http.StatusCreated, u)
}

// Where says how far an upload has come.
func Where(v *visit.Visit) error {
	u, err := v.Engine.FindFile(v.Context(), purposeOf(v), v.Path("id"))
	if err != nil {
		return err
	}
	v.W.Header().Set("Upload-Length", strconv.FormatInt(u.Length, 10))
	v.W.Header().Set("Cache-Control", "no-store")
	return answer(v, http.StatusOK, u)
}

// GoOn takes what follows. With the last part the file is looked into and kept.
func GoOn(v *visit.Visit) error {
	if v.R.Header.Get("Content-Type") != "application/offset+octet-stream" {
		return aiqyn.E(aiqyn.Invalid, "error.attachment-part")
	}
	offset, err := number(v, "Upload-Offset")
	if err != nil {
		return err
	}
	body := Patient(v)
	at, hash, err := v.Engine.AppendFile(v.Context(), purposeOf(v), v.Path("id"), offset, body, body.Interrupt)
	body.Done()
	var own *aiqyn.Error
	if err != nil && !errors.As(err, &own) { // the connection is lost: what came is kept
		return aiqyn.E(aiqyn.Invalid, "error.attachment-unfinished").Because(err)
	}
	if err != nil {
		return err
	}
	if hash != "" {
		v.W.Header().Set(hashHeader, hash)
	}
	return answer(v, http.StatusNoContent, attachment.Upload{Offset: at})
}

// Drop drops an upload.
func Drop(v *visit.Visit) error {
	if err := v.Engine.CancelFile(v.Context(), purposeOf(v), v.Path("id")); err != nil {
		return err
	}
	v.W.Header().Set("Tus-Resumable", tusVersion)
	v.W.WriteHeader(http.StatusNoContent)
	return nil
}

func answer(v *visit.Visit, status int, u attachment.Upload) error {
	h := v.W.Header()
	h.Set("Tus-Resumable", tusVersion)
	h.Set("Upload-Offset", strconv.FormatInt(u.Offset, 10))
	v.W.WriteHeader(status)
	return nil
}

func number(v *visit.Visit, header string) (int64, error) {
	n, err := strconv.ParseInt(v.R.Header.Get(header), 10, 64)
	if err != nil || n < 0 {
		return 0, aiqyn.E(aiqyn.Invalid, "error.attachment-part").Because(err)
	}
	return n, nil
}

// PatientReader reads a body that may take long: as long as something comes, the
// server waits for more.
type PatientReader struct {
	body    io.Reader
	control *http.ResponseController
	mu      sync.Mutex
	stopped bool
}

// Patient reads the body of a visit.
func Patient(v *visit.Visit) *PatientReader {
	return &PatientReader{body: v.R.Body, control: http.NewResponseController(v.W)}
}

func (p *PatientReader) Read(b []byte) (int, error) {
	p.mu.Lock()
	if p.stopped {
		p.mu.Unlock()
		return 0, os.ErrDeadlineExceeded
	}
	_ = p.control.SetReadDeadline(time.Now().Add(partWait)) // what cannot wait, as in tests, does not
	p.mu.Unlock()
	return p.body.Read(b)
}

// Interrupt ends the reading: somebody else goes on with it.
func (p *PatientReader) Interrupt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	_ = p.control.SetReadDeadline(time.Unix(1, 0))
}

// Done gives the answer its time.
func (p *PatientReader) Done() { _ = p.control.SetWriteDeadline(time.Now().Add(checkWait)) }
