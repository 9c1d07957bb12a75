package web

import (
	"net/http"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/web/ogc"
)

// anyRoute is the pattern of what no route takes.
const anyRoute = "/"

// unrouted answers what no route takes: an address that is asked in another way is told
// from one that is none. Pages of people are addresses that people follow, so there it
// is the same to them.
func (s *Server) unrouted(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.isPage(r) {
			s.notFound(w, r)
			return
		}
		allow := methods(mux, r)
		switch {
		case len(allow) == 0:
			s.notFound(w, r)
			return
		case r.Method == http.MethodOptions:
			w.Header().Set("Allow", strings.Join(allow, ", "))
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Allow", strings.Join(allow, ", "))
		v := s.visit(w, r, langOf(r))
		err := aiqyn.E(aiqyn.Invalid, "error.web-method", "methods", strings.Join(allow, ", "))
		if forPrograms(r) {
			s.problem(v, http.StatusMethodNotAllowed, err)
			return
		}
		http.Error(w, v.Texts.Error(v.Lang, err), http.StatusMethodNotAllowed)
	}
}

// isPage reports whether a request is for something below a language.
func (s *Server) isPage(r *http.Request) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return slices.Contains(aiqyn.Langs, aiqyn.Lang(first))
}

// forPrograms reports whether errors are told as problems.
func forPrograms(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, ogc.Prefix+"/") || r.URL.Path == ogc.Prefix || r.Header.Get("Tus-Resumable") != ""
}

// methods are those in which an address can be asked, as Allow names them; none if it is
// no address.
func methods(mux *http.ServeMux, r *http.Request) (allow []string) {
	as := *r
	for _, as.Method = range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, pattern := mux.Handler(&as); pattern != anyRoute {
			allow = append(allow, as.Method)
		}
	}
	if allow != nil {
		allow = append(allow, http.MethodOptions)
	}
	return allow
}
