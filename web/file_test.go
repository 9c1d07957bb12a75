package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"aiqyn/casework"
)

const uploadPath = "/en/desk/AQ-OPEN-0001/steps/survey/files/photo"

// plan is a document of about n bytes.
func plan(n int) []byte {
	return []byte("%PDF-1.7\n% " + strings.Repeat("a plan ", n/7) + "\n%%EOF\n")
}

func hashOf(b []byte) string { sum := sha256.Sum256(b); return "sha256:" + hex.EncodeToString(sum[:]) }

// tus sends a request of the protocol as the surveyor.
func tus(s http.Handler, method, path string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, body)
	r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: "surveyor"})
	r.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// TestUploadInParts speaks tus 1.0 as any client of it would: the connection is
// lost in the middle, the rest is sent, and the hash is that of the whole.
func TestUploadInParts(t *testing.T) {
	f := newFake(t)
	keepingFiles(t, f)
	s := newServer(t, f, nil)
	file := plan(300_000)
	octets := []string{"Content-Type", "application/offset+octet-stream", "Upload-Offset"}
	w := tus(s, "POST", uploadPath, nil, "Upload-Length", fmt.Sprint(len(file)))
	at := w.Header().Get("Location")
	if w.Code != http.StatusCreated || !strings.HasPrefix(at, uploadPath+"/") {
		t.Fatalf("begun: status %d at %q", w.Code, at)
	}
	const cut = 123_456
	w = tus(s, "PATCH", at, io.MultiReader(bytes.NewReader(file[:cut]), iotest.ErrReader(io.ErrUnexpectedEOF)), append(octets, "0")...)
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Header().Get("Content-Type"), "problem+json") {
		t.Errorf("cut off: status %d, %s", w.Code, w.Body)
	}
	w = tus(s, "HEAD", at, nil)
	if w.Code != http.StatusOK || w.Header().Get("Upload-Offset") != fmt.Sprint(cut) || w.Header().Get("Upload-Length") != fmt.Sprint(len(file)) {
		t.Errorf("asked: status %d, %v", w.Code, w.Header())
	}
	if w = tus(s, "PATCH", at, bytes.NewReader(file), append(octets, "5")...); w.Code != http.StatusConflict {
		t.Errorf("at another offset: status %d", w.Code)
	}
	if w = tus(s, "PATCH", at, bytes.NewReader(file), "Upload-Offset", fmt.Sprint(cut)); w.Code != http.StatusBadRequest {
		t.Errorf("as another type: status %d", w.Code)
	}
	w = tus(s, "PATCH", at, bytes.NewReader(file[cut:]), append(octets, fmt.Sprint(cut))...)
	if w.Code != http.StatusNoContent || w.Header().Get("Upload-Hash") != hashOf(file) || w.Header().Get("Upload-Offset") != fmt.Sprint(len(file)) {
		t.Errorf("the rest: status %d, %v, %s", w.Code, w.Header(), w.Body)
	}
	for _, length := range []string{"", "-1", "a"} {
		if w = tus(s, "POST", uploadPath, nil, "Upload-Length", length); w.Code != http.StatusBadRequest {
			t.Errorf("a length of %q: status %d", length, w.Code)
		}
	}
	at = tus(s, "POST", uploadPath, nil, "Upload-Length", "9").Header().Get("Location")
	if w = tus(s, "DELETE", at, nil); w.Code != http.StatusNoContent {
		t.Errorf("dropped: status %d", w.Code)
	}
	if w = tus(s, "HEAD", at, nil); w.Code != http.StatusNotFound {
		t.Errorf("dropped and asked: status %d", w.Code)
	}
}

// TestUploadWithoutScript: files go along with the form and are kept while they
// arrive. One that is refused is named at its input; the other need not be sent
// again.
func TestUploadWithoutScript(t *testing.T) {
	f := newFake(t)
	keepingFiles(t, f)
	s := newServer(t, f, nil)
	page := ask(s, "surveyor", "/en/desk/AQ-OPEN-0001", nil).Body.String()
	send := func(values map[string]string, files map[string][]byte) (int, string) {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for name, value := range values {
			_ = form.WriteField(name, value)
		}
		for name, file := range files {
			part, err := form.CreateFormFile(name, "a file")
			if err != nil {
				t.Fatal(err)
			}
			_, _ = part.Write(file)
		}
		_ = form.Close()
		r := httptest.NewRequest("POST", "/en/desk/AQ-OPEN-0001/steps/survey/perform", &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: "surveyor"})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	values := map[string]string{"command": commandOf(t, page), "measured-load": "3", "evidence-place": "43.24, 76.89",
		"evidence-time": "2026-11-23T10:00", "evidence-signature": "Бекзат Оспанов", "evidence-photo": "", "evidence-photo-2": ""}
	first, second := plan(100), plan(200)
	status, answer := send(values, map[string][]byte{"evidence-photo": first, "evidence-photo-2": []byte("<html>")})
	if status != http.StatusUnprocessableEntity || !strings.Contains(answer, "Files of this kind are not taken") || !strings.Contains(answer, `id="evidence-photo-2-error"`) ||
		!strings.Contains(answer, `value="`+hashOf(first)+`"`) || len(f.sent) != 0 {
		t.Fatalf("one is refused: status %d, %d commands", status, len(f.sent))
	}
	values["evidence-photo"] = hashOf(first)
	if status, _ = send(values, map[string][]byte{"evidence-photo-2": second}); status != http.StatusSeeOther || len(f.sent) != 1 {
		t.Fatalf("both are there: status %d, %d commands", status, len(f.sent))
	}
	var got []string
	for _, e := range f.sent[0].(casework.Perform).Evidence {
		if e.Kind == "photo" {
			got = append(got, e.Hash)
		}
	}
	if len(got) != 2 || got[0] != hashOf(first) || got[1] != hashOf(second) {
		t.Errorf("sent %v", got)
	}
}
