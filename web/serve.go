package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/web/account"
	"aiqyn/web/api"
	"aiqyn/web/visit"
)

// maxBody is the largest form or command; receipts are the largest of them.
// What an officer brings back from a site comes with photographs.
const (
	maxBody  = api.MaxBody
	maxFiles = 512 << 20
)

// policyCSP lets a page load our own style, script, letters and pictures, send
// forms to us, and do nothing else. The small fonts inside the style sheet and
// the icon are data addresses.
const policyCSP = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self' data:; " +
	"img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded puts around the mux what every answer gets: headers, a limit on what
// is read, refusal of forms sent from other sites, and a page for a panic.
func (s *Server) guarded(mux *http.ServeMux) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(s.visit(w, r, langOf(r)), aiqyn.E(aiqyn.Forbidden, "error.web-cross-origin"))
	}))
	inner := cross.Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policyCSP)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.site.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		rest := &leftover{ReadCloser: r.Body, none: r.Body == http.NoBody}
		r.Body = http.MaxBytesReader(w, rest, bodyLimit(r))
		out := &recorder{ResponseWriter: w, before: func() { rest.drain(w, r) }}
		r = r.WithContext(context.WithValue(r.Context(), idKey{}, newID()))
		started := time.Now()
		defer func() { s.finish(out, r, started, recover()) }()
		inner.ServeHTTP(out, r)
	})
}

func bodyLimit(r *http.Request) int64 {
	if (strings.HasSuffix(r.URL.Path, "/perform") || r.Method == http.MethodPatch) && !strings.HasPrefix(r.URL.Path, "/api/") {
		return maxFiles
	}
	return maxBody
}

// finish logs a request, without anything of a person, and answers one that
// panicked.
func (s *Server) finish(w *recorder, r *http.Request, started time.Time, panicked any) {
	id := idOf(r)
	if panicked == http.ErrAbortHandler {
		panic(panicked) // an answer cut on purpose: the server closes the connection
	}
	if panicked != nil {
		s.site.Log.Error("panic", "id", id, "route", r.Pattern, "what", thrown(panicked), "stack", string(debug.Stack()))
		if w.status == 0 {
			s.fail(s.visit(w, r, langOf(r)), aiqyn.E(aiqyn.Internal, "error.internal"))
		}
	}
	s.site.Log.Info("request", "id", id, "method", r.Method, "route", r.Pattern, "status", w.status,
		"ms", time.Since(started).Milliseconds())
}

// serve answers one route in one language.
func (s *Server) serve(lang aiqyn.Lang, route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := s.visit(w, r, lang)
		err := s.signedIn(v)
		if err == nil {
			err = may(v, route.may)
		}
		if err == nil && r.Method != http.MethodGet && r.Method != http.MethodHead {
			err = s.accept(v, route)
		}
		if err == nil {
			err = route.handle(v)
		}
		if err != nil {
			s.fail(v, err)
		}
	})
}

// serveAPI answers one route of programs.
func (s *Server) serveAPI(route api.Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := s.visit(w, r, langOf(r))
		err := s.signedIn(v)
		if err == nil {
			err = may(v, route.May)
		}
		if err == nil && route.Method != http.MethodGet { // HEAD is a GET
			err = s.acceptAPI(v, route)
		}
		if err == nil && route.Seeks {
			err = s.seeks(v)
		}
		if err == nil {
			err = route.Handle(v)
		}
		if err != nil {
			s.fail(v, err)
		}
	})
}

// may asks the policy whether the visitor can ever do this; whether they may to
// the thing in question is for the engine, which knows how they stand to it.
func may(v *visit.Visit, action access.Action) error {
	if v.May(action) {
		return nil
	}
	return access.Check(v.Actor().Role, action, access.None)
}

// acceptAPI takes a command of a program within the limits of a person's. What
// matters wants the same second proof as on the pages, where it is given.
func (s *Server) acceptAPI(v *visit.Visit, route api.Route) error {
	if err := within(s.limits.posts, v.Limited()); err != nil {
		return err
	}
	if route.Names {
		if err := v.Naming(); err != nil {
			return err
		}
	}
	if !access.NeedsProof(route.May) {
		return nil
	}
	if !v.Who.Fresh(v.Now()) {
		return aiqyn.E(aiqyn.Forbidden, "error.proof-needed")
	}
	if route.Files {
		return s.counted(v, countFilings, s.limits.filings, v.Limited(), v.For())
	}
	return nil
}

// asksCode, tries and proves are handlers behind the stricter limits of what
// somebody may want to guess, or to have sent to others.
func (s *Server) asksCode(h visit.Handler) visit.Handler {
	return func(v *visit.Visit) error {
		if err := s.counted(v, countCodes, s.limits.codes, v.Address()); err != nil {
			return err
		}
		if phone := account.Phone(v.Field("phone")); phone != "" {
			if err := within(s.limits.numbers, phone); err != nil {
				return err
			}
		}
		return h(v)
	}
}

func (s *Server) tries(h visit.Handler) visit.Handler {
	return func(v *visit.Visit) error {
		if err := s.counted(v, countTries, s.limits.tries, v.Address()); err != nil {
			return err
		}
		return h(v)
	}
}

// names is a handler to which somebody names another by their number.
func names(h visit.Handler) visit.Handler {
	return func(v *visit.Visit) error {
		if v.Field("to")+v.Field("bin") != "" || casework.ByNumber(v.Field("for")) {
			if err := v.Naming(); err != nil {
				return err
			}
		}
		return h(v)
	}
}

// asksBank is a handler that asks the payment provider, which is not asked again and
// again: the page of the case tells what it has said so far.
func (s *Server) asksBank(h visit.Handler) visit.Handler {
	return func(v *visit.Visit) error {
		if s.limits.bank.spend(v.Limited()) > 0 {
			return v.Go("cases", v.Path("ref"))
		}
		return h(v)
	}
}

// wishes is a handler that computes connection points for whoever asks: so often
// that nobody is in the way of those who apply.
func (s *Server) wishes(h visit.Handler) visit.Handler {
	return func(v *visit.Visit) error {
		if err := s.seeks(v); err != nil {
			return err
		}
		return h(v)
	}
}

// proven is a handler of what matters; page is shown by the language switch of
// its form.
func (s *Server) proven(act, page visit.Handler) visit.Handler {
	inner := account.Proven(act, page)
	return func(v *visit.Visit) error {
		if !v.Who.Fresh(v.Now()) {
			if err := s.counted(v, countProofs, s.limits.proofs, v.Limited()); err != nil {
				return err
			}
		}
		return inner(v)
	}
}

// files is a handler that files an application.
func (s *Server) files(h visit.Handler) visit.Handler {
	return func(v *visit.Visit) error {
		if err := s.counted(v, countFilings, s.limits.filings, v.Limited(), v.For()); err != nil {
			return err
		}
		return h(v)
	}
}

// signedIn finds out who asks. A session that has ended is nobody's.
func (s *Server) signedIn(v *visit.Visit) error {
	token := v.Token()
	if token == "" {
		return nil
	}
	session, err := s.site.Engine.Session(v.Context(), token)
	if aiqyn.KindOf(err) == aiqyn.Unauthenticated {
		return nil
	}
	v.Who = session
	return err
}

func (s *Server) visit(w http.ResponseWriter, r *http.Request, lang aiqyn.Lang) *visit.Visit {
	v := &visit.Visit{Site: s.site, W: w, R: r, ID: idOf(r), Lang: lang}
	v.Naming = func() error {
		return s.counted(v, countNames, s.limits.names, v.Limited())
	}
	return v
}

// vouched takes those in who come back from their identity provider: at an address
// without a language, in the one in which they left.
func (s *Server) vouched(w http.ResponseWriter, r *http.Request) {
	v := s.visit(w, r, langOf(r))
	if err := s.tries(account.Vouched)(v); err != nil {
		s.fail(v, err)
	}
}

// chooseLanguage leads from the bare address to the reader's language.
func (s *Server) chooseLanguage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept-Language")
	http.Redirect(w, r, "/"+string(langOf(r))+"/", http.StatusFound)
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	v := s.visit(w, r, langOf(r))
	if err := s.signedIn(v); err != nil {
		s.site.Log.Error("session", "id", v.ID, "err", err)
	}
	s.fail(v, aiqyn.E(aiqyn.NotFound, "error.web-no-page"))
}

// langOf is the language of the path, or else the first one the reader's
// browser asks for that we have, or else Kazakh.
func langOf(r *http.Request) aiqyn.Lang {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	for _, lang := range aiqyn.Langs {
		if first == string(lang) {
			return lang
		}
	}
	return asked(r, aiqyn.Kazakh)
}

// asked is the first language that the reader's program asks for and we have, or else
// the one given.
func asked(r *http.Request, otherwise aiqyn.Lang) aiqyn.Lang {
	for tag := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		tag, _, _ = strings.Cut(tag, "-")
		for _, lang := range aiqyn.Langs {
			if strings.EqualFold(tag, string(lang)) {
				return lang
			}
		}
	}
	return otherwise
}

// inAskedLanguage answers a program for maps, which has no language in its addresses.
func (s *Server) inAskedLanguage(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept-Language")
		s.serve(asked(r, aiqyn.English), route).ServeHTTP(w, r)
	})
}

type idKey struct{}

func idOf(r *http.Request) string { id, _ := r.Context().Value(idKey{}).(string); return id }

func newID() string {
	var b [6]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
