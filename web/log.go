package web

import (
	"net/http"
	"strings"

	"aiqyn"
	"aiqyn/web/api"
)

// logFile serves the log's public files as C2SP tlog-tiles lays them out. A
// whole tile never changes; the checkpoint always does.
func (s *Server) logFile(w http.ResponseWriter, r *http.Request) {
	path := r.PathValue("path")
	data, err := s.site.Engine.Tile(r.Context(), path)
	if refused(w, err) {
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*") // auditors' pages may read it too
	switch {
	case path == "checkpoint":
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Cache-Control", "no-cache")
	case strings.HasPrefix(path, "tile/"):
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	_, _ = w.Write(data) // the reader has gone
}

// refused answers a program whose file cannot be given, in a word.
func refused(w http.ResponseWriter, err error) bool {
	if err != nil {
		status := api.Statuses[aiqyn.KindOf(err)]
		http.Error(w, http.StatusText(status), status)
	}
	return err != nil
}
