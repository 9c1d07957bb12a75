package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/tile"
)

// capacityTile serves a vector tile of the published free power. A program that
// has it asks again and is told that nothing has changed; one that names the
// publication it wants may keep it.
func (s *Server) capacityTile(w http.ResponseWriter, r *http.Request) {
	a, err := tileAddress(r)
	if refused(w, err) {
		return
	}
	g, err := s.site.Engine.PublicGrid(r.Context())
	if refused(w, err) {
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("of") == g.Tag {
		h.Set("Cache-Control", "public, max-age=3600")
	}
	tag := `"` + g.Tag + `"`
	h.Set("ETag", tag)
	if known(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	v := s.visit(w, r, aiqyn.English)
	_ = v.Data(http.StatusOK, tile.Mime, g.Tile(a)) // the reader has gone
}

// parcelTile serves a vector tile of parcels: where they lie and what they are called.
func (s *Server) parcelTile(w http.ResponseWriter, r *http.Request) {
	a, err := tileAddress(r)
	if refused(w, err) {
		return
	}
	v := s.visit(w, r, aiqyn.English)
	if refused(w, within(s.limits.places, v.Limited())) {
		return
	}
	data, err := s.site.Engine.ParcelTile(r.Context(), a)
	if refused(w, err) {
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "public, max-age=3600")
	sum := sha256.Sum256(data)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	h.Set("ETag", tag)
	if known(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_ = v.Data(http.StatusOK, tile.Mime, data) // the reader has gone
}

// known reports whether the reader has what a tag names already.
func known(r *http.Request, tag string) bool {
	for has := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if has = strings.TrimSpace(has); has == "*" || strings.TrimPrefix(has, "W/") == tag {
			return true
		}
	}
	return false
}

// tileAddress reads /{z}/{x}/{y}.mvt.
func tileAddress(r *http.Request) (tile.Address, error) {
	row, ok := strings.CutSuffix(r.PathValue("y"), ".mvt")
	z, errZ := strconv.Atoi(r.PathValue("z"))
	x, errX := strconv.Atoi(r.PathValue("x"))
	y, errY := strconv.Atoi(row)
	a := tile.Address{Z: z, X: x, Y: y}
	if !ok || errZ != nil || errX != nil || errY != nil || !a.Valid() {
		return a, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return a, nil
}
