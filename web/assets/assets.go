// Package assets holds the style sheet, the script and the letters of the
// pages, built by build.sh and embedded, and the verifier for browsers. A file's name carries the hash of its
// content, so it may be cached for ever and is its own manifest.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed dist
var dist embed.FS

// The verifier for browsers, as make verifier builds it, and what starts it.
//
//go:embed verifier
var verifier embed.FS

// Prefix is the path under which the files are served.
const Prefix = "/assets/"

// Set is all files, ready to be sent.
type Set struct {
	files map[string]file   // by file name
	named map[string]string // "app.css" → "app-ZRSUIEXI.css"
	// Verifier is the WebAssembly of the verifier for browsers, VerifierHash its
	// SHA-256 in hex.
	Verifier     []byte
	VerifierHash string
}

type file struct {
	mime        string
	plain, gzip []byte // gzip is nil where it would not help
}

var mimes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".woff2": "font/woff2",
	".txt":   "text/plain; charset=utf-8",
	".wasm":  "application/wasm",
}

// Load reads and compresses the embedded files, once.
var Load = sync.OnceValues(read)

func read() (*Set, error) {
	entries, err := dist.ReadDir("dist")
	if err != nil {
		return nil, fmt.Errorf("list the assets: %w", err)
	}
	s := &Set{files: map[string]file{}, named: map[string]string{}}
	for _, entry := range entries {
		name := entry.Name()
		data, err := dist.ReadFile("dist/" + name)
		if err != nil {
			return nil, fmt.Errorf("read asset: %w", err)
		}
		mime, ok := mimes[path.Ext(name)]
		if !ok {
			return nil, fmt.Errorf("asset %s: a file of unknown type", name)
		}
		f := file{mime: mime, plain: data}
		if path.Ext(name) != ".woff2" { // compressed already
			f.gzip = compress(data)
		}
		s.files[name] = f
		s.named[unhashed(name)] = name
	}
	return s, s.loadVerifier()
}

// loadVerifier reads the verifier, whose files get their hashes here: their
// names in the tree are those of their sources.
func (s *Set) loadVerifier() error {
	packed, err := verifier.ReadFile("verifier/verifier.wasm.gz")
	if err != nil {
		return fmt.Errorf("read asset: %w", err)
	}
	unzip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fmt.Errorf("verifier: %w", err)
	}
	if s.Verifier, err = io.ReadAll(unzip); err != nil {
		return fmt.Errorf("verifier: %w", err)
	}
	sum := sha256.Sum256(s.Verifier)
	s.VerifierHash = hex.EncodeToString(sum[:])
	s.add("verifier.wasm", file{mime: mimes[".wasm"], plain: s.Verifier, gzip: packed})
	for _, name := range []string{"wasm_exec.js", "verify.js"} {
		data, err := verifier.ReadFile("verifier/" + name)
		if err != nil {
			return fmt.Errorf("read asset: %w", err)
		}
		s.add(name, file{mime: mimes[".js"], plain: data, gzip: compress(data)})
	}
	return nil
}

// add takes a file in under its name and hash.
func (s *Set) add(name string, f file) {
	sum := sha256.Sum256(f.plain)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:4]) + ext
	s.files[hashed], s.named[name] = f, hashed
}

// URL is the path of the file called name before hashing: "app.css".
func (s *Set) URL(name string) (string, error) {
	hashed, ok := s.named[name]
	if !ok {
		return "", fmt.Errorf("no asset is called %s: run web/assets/build.sh", name)
	}
	return Prefix + hashed, nil
}

// ServeHTTP sends a file with its whole path under [Prefix].
func (s *Set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s.files[strings.TrimPrefix(r.URL.Path, Prefix)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := f.plain
	if f.gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader has gone
	}
}

// unhashed takes the hash out of a name: "app-ZRSUIEXI.css" → "app.css".
func unhashed(name string) string {
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if cut := strings.LastIndexByte(stem, '-'); cut > 0 && len(stem)-cut == 9 {
		stem = stem[:cut]
	}
	return stem + ext
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = w.Write(data)                                  // a buffer does not fail
	_ = w.Close()
	return b.Bytes()
}
