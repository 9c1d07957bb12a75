package notify

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"aiqyn/webhook"
)

// receiving names the folder that a receiver, a process of its own, works in.
const receiving = "AIQYN_TEST_RECEIVER"

// TestMain runs the tests, or a receiver of letters to programs.
func TestMain(m *testing.M) {
	if dir := os.Getenv(receiving); dir != "" {
		receive(dir)
		return
	}
	os.Exit(m.Run())
}

// receive is somebody's program: it keeps what /ok is told, and is unwell in every other way.
// It ends when its standard input does.
func receive(dir string) {
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		signed := r.Header.Get(webhook.HeaderID) + "." + r.Header.Get(webhook.HeaderTimestamp) + "." + string(body)
		os.WriteFile(filepath.Join(dir, "signed"), []byte(signed), 0o600)
		os.WriteFile(filepath.Join(dir, "signature"), []byte(r.Header.Get(webhook.HeaderSignature)), 0o600)
	})
	for path, code := range map[string]int{"/500": 500, "/410": 410, "/429": 429, "/404": 404} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
	mux.HandleFunc("/inside", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://"+r.Host+"/ok", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/drops", func(w http.ResponseWriter, _ *http.Request) {
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			c.Close()
		}
	})
	mux.HandleFunc("/half", func(w http.ResponseWriter, _ *http.Request) {
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			io.WriteString(c, "HTTP/1.1 200 O")
			c.Close()
		}
	})
	mux.HandleFunc("/talks", func(w http.ResponseWriter, r *http.Request) { // a receipt, and then no end
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<16)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/heads", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X", strings.Repeat("x", 1<<20))
	})
	s := httptest.NewTLSServer(mux)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	os.WriteFile(filepath.Join(dir, "certificate"), certificate, 0o600)
	fmt.Println(s.URL)
	io.Copy(io.Discard, os.Stdin)
}

// program is that process as a test sees it.
type program struct {
	url, dir string
	cmd      *exec.Cmd
	in       io.WriteCloser
}

func startReceiver(t *testing.T) *program {
	t.Helper()
	r := &program{dir: t.TempDir()}
	r.cmd = exec.Command(os.Args[0])
	r.cmd.Env = append(os.Environ(), receiving+"="+r.dir)
	var err error
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.stop)
	if _, err := fmt.Fscanln(out, &r.url); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *program) stop() {
	r.in.Close()
	r.cmd.Wait()
}

func (r *program) read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (r *program) hooks(t *testing.T) *Hooks {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(r.read(t, "certificate"))
	return &Hooks{
		TLS:   &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12},
		Reach: func(netip.AddrPort) bool { return true },
	}
}

// TestAReceiverOfItsOwn: a program that is another process refuses, hangs, breaks off, leads
// elsewhere, talks without end, goes away and comes back. Each is told apart, none keeps us,
// and what it is told in the end is signed so that OpenSSL agrees.
func TestAReceiverOfItsOwn(t *testing.T) {
	r := startReceiver(t)
	h := r.hooks(t)
	secret := webhook.NewSecret([32]byte{1, 2, 3})
	t.Run("unwell", func(t *testing.T) { unwell(t, r, h, secret) })
	agrees(t, r, secret)
	r.stop()
	if _, err := h.Carry(t.Context(), Letter{To: r.url + "/ok", Key: "entry-8", Secret: secret, Text: "{}"}); FailureOf(err) == nil || FailureOf(err).Code != NoAnswer {
		t.Errorf("nobody is there: %v", err)
	}
	again := startReceiver(t)
	if _, err := again.hooks(t).Carry(t.Context(), Letter{To: again.url + "/ok", Key: "entry-7", Secret: secret, Text: `{"id":"7","note":"Қабылданды"}`}); err != nil {
		t.Errorf("it is back: %v", err)
	}
	agrees(t, again, secret)
}

// unwell tells the receiver something in each of its ways.
func unwell(t *testing.T, r *program, h *Hooks, secret string) {
	for path, want := range map[string]Failure{
		"/500": {Code: Refused}, "/404": {Code: Refused}, "/410": {Code: Refused, Final: true}, "/429": {Code: Throttled}, "/inside": {Code: Refused},
		"/hangs": {Code: NoAnswer}, "/drops": {Code: NoAnswer}, "/half": {Code: NoAnswer}, "/heads": {Code: NoAnswer}, "/ok": {}, "/talks": {},
	} {
		t.Run(path[1:], func(t *testing.T) {
			t.Parallel()
			_, err := h.Carry(t.Context(), Letter{To: r.url + path, Key: "entry-7", Secret: secret, Text: `{"id":"7","note":"Қабылданды"}`})
			var got Failure
			if f := FailureOf(err); f != nil {
				got = Failure{Code: f.Code, Final: f.Final}
			}
			if got != want || (err == nil) != (want == Failure{}) {
				t.Errorf("%v, want %+v", err, want)
			}
		})
	}
}

// agrees holds the signature of what the receiver was told to the one that OpenSSL makes.
func agrees(t *testing.T, r *program, secret string) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Log("no openssl here: nobody else has checked the signature")
		return
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(openssl, "dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:"+hex.EncodeToString(key), "-binary", filepath.Join(r.dir, "signed"))
	mac, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		errors.As(err, &exit)
		t.Fatal(err, exit)
	}
	if got := string(r.read(t, "signature")); got != "v1,"+base64.StdEncoding.EncodeToString(mac) {
		t.Errorf("signed %s, OpenSSL makes v1,%s", got, base64.StdEncoding.EncodeToString(mac))
	}
	if signed := string(r.read(t, "signed")); !strings.HasPrefix(signed, "entry-7.") || !strings.HasSuffix(signed, `{"id":"7","note":"Қабылданды"}`) {
		t.Errorf("told %s", signed)
	}
}
