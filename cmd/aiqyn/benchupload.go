package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/packs"
	"aiqyn/service"
	"aiqyn/web"
)

const (
	uploadSize = 100 << 20
	smallSize  = 1 << 20
)

// upload measures what a large file costs that an officer sends for a step: how
// much more memory the whole process, sender and server, takes from the machine
// at its most, while the file comes over HTTP, is looked into, encrypted and
// kept, than it had when a small one had come; and how fast that goes, beside the
// same bytes copied to the same disk and synced.
func (b *bench) upload() error {
	dir, err := b.tempDir()
	if err != nil {
		return err
	}
	if err := checkDisk(dir, 4*uploadSize); err != nil {
		os.RemoveAll(dir)
		return err
	}
	w, err := newUploadWorld(b.ctx, dir, nil)
	if err != nil {
		os.RemoveAll(dir)
		return err
	}
	defer w.close()
	u, err := newUploader(b.ctx, w)
	if err != nil {
		return err
	}
	defer u.site.Close()
	bare, err := copied(filepath.Join(dir, "bare"))
	if err != nil {
		return err
	}
	// What is needed for any upload is there before the large one comes.
	if err := u.send(b.ctx, smallSize); err != nil {
		return err
	}
	debug.FreeOSMemory()
	if err := forgetPeak(); err != nil {
		return err
	}
	before, err := peakBytes()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := u.send(b.ctx, uploadSize); err != nil {
		return err
	}
	took := time.Since(began)
	peak, err := peakBytes()
	if err != nil {
		return err
	}
	b.add(figure{Name: "pages.upload", Value: float64(peak-before) / 1e6, Unit: "MB", Better: "lower", Goal: 10,
		Limit: of(float64(uploadSize) / 1e6), LimitName: "the file itself, which somebody might hold in memory"})
	rate := func(took time.Duration) float64 { return uploadSize / 1e6 / took.Seconds() }
	b.add(figure{Name: "pages.upload.rate", Value: rate(took), Unit: "MB/s", Better: "higher", Goal: 0.1 * rate(bare),
		Limit: of(rate(bare)), LimitName: "the same bytes copied to the same disk and synced"})
	return nil
}

// newUploadWorld is a world whose survey takes one large document; without keys
// it makes some.
func newUploadWorld(ctx context.Context, dir string, keys *logKeys) (*benchWorld, error) {
	var files []service.File
	for _, f := range packs.Kazakhstan() {
		if strings.HasSuffix(f.Name, "energy.connection/service.yaml") {
			f.Data = bytes.Replace(f.Data, []byte("- {kind: photo, count: 2}"), []byte("- {kind: document, count: 1, megabytes: 200}"), 1)
		}
		files = append(files, f)
	}
	keeper, err := attachment.Open(filepath.Join(dir, attachmentsDir))
	if err != nil {
		return nil, err
	}
	return benchWorldOf(ctx, &benchWorld{dir: dir, parcels: 10, keys: keys, pack: files, files: keeper})
}

// uploader is an officer to whom a case was drawn, signed in at a real server.
type uploader struct {
	site   *http.Server
	client *http.Client
	at     string // address of the uploads of the case
	token  string
}

func newUploader(ctx context.Context, w *benchWorld) (*uploader, error) {
	filed, err := w.Do(ctx, casework.File{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(1)}, Service: "energy.connection",
		Lang: "kk", Channel: "online", Answers: map[string]string{"parcel": benchParcel(1), "load": "2", "category": "III", "term": "permanent", "phases": "one-phase"}})
	if err != nil {
		return nil, err
	}
	surveyor, err := w.drawn(ctx, filed.Ref, "survey", aiqyn.RoleSurveyor)
	if err != nil {
		return nil, err
	}
	u := &uploader{client: &http.Client{Transport: &http.Transport{WriteBufferSize: 64 << 10}}}
	if u.token, err = w.enter(ctx, casework.Account{Actor: surveyor, Name: "Өлшем Адам", Phone: "+77001234567", Lang: aiqyn.Kazakh, Roles: []aiqyn.Role{surveyor.Role}}); err != nil {
		return nil, err
	}
	texts, err := locale.Load()
	if err != nil {
		return nil, err
	}
	site, err := web.New(web.Config{Engine: w.office, Catalogue: texts, Clock: time.Now})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	u.site = site.HTTP(listener.Addr().String())
	go u.site.Serve(listener) // until it is closed
	u.at = "http://" + listener.Addr().String() + "/kk/desk/" + url.PathEscape(string(filed.Ref)) + "/steps/survey/files/document"
	return u, nil
}

// ask sends one request of tus 1.0.
func (u *uploader) ask(ctx context.Context, method, at string, body io.Reader, length int64, headers map[string]string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, at, body)
	if err != nil {
		return nil, err
	}
	r.ContentLength = length
	r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: u.token})
	r.Header.Set("Tus-Resumable", "1.0.0")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w, err := u.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer w.Body.Close()
	said, err := io.ReadAll(io.LimitReader(w.Body, 4096))
	if err == nil && w.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: status %d: %s", method, at, w.StatusCode, said)
	}
	return w, err
}

// send uploads a document of so many bytes, whole in one part.
func (u *uploader) send(ctx context.Context, size int64) error {
	begun, err := u.ask(ctx, http.MethodPost, u.at, http.NoBody, 0, map[string]string{"Upload-Length": strconv.FormatInt(size, 10)})
	if err != nil {
		return err
	}
	where, err := begun.Location()
	if err != nil {
		return err
	}
	kept, err := u.ask(ctx, http.MethodPatch, where.String(), newPlan(size), size,
		map[string]string{"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
	if err == nil && kept.Header.Get("Upload-Hash") == "" {
		err = errors.New("the upload was not kept")
	}
	return err
}

const (
	planBegins = "%PDF-1.7\n"
	planEnds   = "\n%%EOF\n"
)

// newPlan is a document of so many bytes, made as it is read: sheets, each of a
// scanned picture and of a drawing that is packed, and a comment that fills the
// rest.
func newPlan(size int64) io.Reader {
	one := sheet()
	size -= int64(len(planBegins) + len(planEnds))
	rest := size % int64(len(one))
	return io.MultiReader(strings.NewReader(planBegins), io.LimitReader(&repeated{block: one}, size-rest),
		io.LimitReader(&repeated{block: "%"}, rest), strings.NewReader(planEnds))
}

// sheet is a page of a plan.
func sheet() string {
	noise := rand.New(rand.NewPCG(1, 2))
	picture := make([]byte, 96<<10)
	for i := range picture {
		picture[i] = byte(noise.Uint32())
	}
	var packed bytes.Buffer
	drawing := zlib.NewWriter(&packed)
	for range 4000 {
		fmt.Fprintf(drawing, "%d %d m %d %d l S\n", noise.IntN(800), noise.IntN(600), noise.IntN(800), noise.IntN(600))
	}
	drawing.Close() // into memory
	object := "%d 0 obj\n<</Filter/%s/Length %d>>\nstream\n%s\nendstream\nendobj\n"
	return fmt.Sprintf(object, 1, "DCTDecode", len(picture), picture) + fmt.Sprintf(object, 2, "FlateDecode", packed.Len(), packed.String())
}

// repeated gives a block again and again, without an end.
type repeated struct {
	block string
	at    int
}

func (r *repeated) Read(b []byte) (int, error) {
	n := copy(b, r.block[r.at:])
	r.at = (r.at + n) % len(r.block)
	return n, nil
}

// copied writes the same bytes to a file and syncs it.
func copied(name string) (time.Duration, error) {
	began := time.Now()
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{f}, newPlan(uploadSize), make([]byte, 1<<20))
	err = errors.Join(err, f.Sync(), f.Close())
	return time.Since(began), err
}
