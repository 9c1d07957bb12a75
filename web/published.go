package web

import (
	"net/http"
	"path"
	"strings"
)

// publishedFile serves everything that is published, as the folder published/
// holds it. What stands under its hash never changes.
func (s *Server) publishedFile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("path")
	if strings.HasPrefix(name, "log/") {
		r.SetPathValue("path", strings.TrimPrefix(name, "log/"))
		s.logFile(w, r)
		return
	}
	data, err := s.site.Engine.Published(r.Context(), name)
	if refused(w, err) {
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Content-Type", publishedTypes[path.Ext(name)])
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if name == "index" || strings.HasPrefix(name, "receipts/") {
		h.Set("Cache-Control", "no-cache")
	}
	_, _ = w.Write(data) // the reader has gone
}

var publishedTypes = map[string]string{
	"": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".json": "application/json", ".wasm": "application/wasm",
}
