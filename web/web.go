// Package web serves Aiqyn to people and programs: pages under /kk/, /ru/ and
// /en/, the interface of programs under /api/v1/, the log's public files under
// /log/. One table of routes reads as the map of the site; one function turns
// an error into a status and a page.
package web

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/docs"
	"aiqyn/locale"
	"aiqyn/web/account"
	"aiqyn/web/api"
	"aiqyn/web/assets"
	"aiqyn/web/citizen"
	"aiqyn/web/file"
	"aiqyn/web/institution"
	"aiqyn/web/office"
	"aiqyn/web/officer"
	"aiqyn/web/ogc"
	"aiqyn/web/operator"
	"aiqyn/web/public"
	"aiqyn/web/reader"
	"aiqyn/web/sign"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Config is what a server is made of.
type Config struct {
	Engine    visit.Engine
	Catalogue *locale.Catalogue
	Clock     aiqyn.Clock    // optional: time.Now
	Log       *slog.Logger   // optional
	Secure    bool           // reached over HTTPS only: cookies and headers say so
	Proxies   []netip.Prefix // optional: those of ours, whose word on who asks is taken
	Metrics   http.Handler   // optional: what /metrics answers
	Ready     func() error   // optional: why it should get no traffic now
	// Amiss, if set, names what is wrong though requests should go on coming.
	Amiss func(context.Context) []string
	Demo  *Demo // nil outside the demonstration

	pages *ui.UI // for those who make many servers: what parsePages gave
}

// Server answers every request.
type Server struct {
	site    *visit.Site
	demo    *Demo
	assets  *assets.Set
	limits  limits
	handler http.Handler
}

// New parses every page and builds the table of routes.
func New(c Config) (*Server, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	files, err := assets.Load()
	if err != nil {
		return nil, err
	}
	manual, err := docs.Load()
	if err != nil {
		return nil, err
	}
	if c.pages == nil {
		if c.pages, err = parsePages(c.Catalogue, files); err != nil {
			return nil, err
		}
	}
	s := &Server{
		site: &visit.Site{
			Engine: c.Engine, UI: c.pages, Docs: manual, Texts: c.Catalogue, Clock: c.Clock,
			Log: c.Log, Demo: c.Demo != nil, Secure: c.Secure, Proxies: c.Proxies,
		},
		demo: c.Demo, assets: files,
		limits: newLimits(c.Clock, 1),
	}
	if c.Demo != nil && c.Demo.Freely {
		s.limits = newLimits(c.Clock, 100)
	}
	if c.Demo != nil {
		s.site.Play, s.site.SignInPractice = c.Demo.play, c.Demo.Sign
	}
	s.handler = s.guarded(s.mux(c))
	return s, nil
}

// parsePages parses every page, in every language.
func parsePages(texts *locale.Catalogue, files *assets.Set) (*ui.UI, error) {
	pages, err := ui.New(ui.Config{Texts: texts, Assets: files, Pages: map[string]fs.FS{
		"public": public.Files, "citizen": citizen.Files, "officer": officer.Files, "office": office.Files, "operator": operator.Files, "institution": institution.Files, "reader": reader.Files, "sign": sign.Files, "account": account.Files, "file": file.Files, "web": ownPages(),
	}})
	if err != nil {
		return nil, fmt.Errorf("parse pages: %w", err)
	}
	return pages, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// HTTP is an http.Server with the time limits that a public one needs.
func (s *Server) HTTP(addr string) *http.Server {
	return &http.Server{
		Addr: addr, Handler: s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
}

// mux lays the table out for each language and adds what has none.
func (s *Server) mux(c Config) *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range s.pages() {
		for _, lang := range aiqyn.Langs {
			mux.Handle(r.method+" /"+string(lang)+r.path, s.serve(lang, r))
		}
	}
	for _, r := range api.Routes() {
		mux.Handle(r.Method+" /api/v1"+r.Path, s.serveAPI(r))
	}
	for _, r := range ogc.Routes() {
		mux.Handle("GET "+ogc.Prefix+r.Path, s.inAskedLanguage(route{"GET", r.Path, access.ActionSeePublic, r.Handle}))
	}
	mux.HandleFunc("GET /{$}", s.chooseLanguage)
	mux.HandleFunc("GET /oidc/callback", s.vouched)
	mux.HandleFunc("POST /pay/notify", s.noticed)
	mux.HandleFunc("GET /log/{path...}", s.logFile)
	mux.HandleFunc("GET /published/{path...}", s.publishedFile)
	mux.HandleFunc("GET /tiles/capacity/{z}/{x}/{y}", s.capacityTile)
	mux.HandleFunc("GET /tiles/parcels/{z}/{x}/{y}", s.parcelTile)
	mux.Handle("GET "+assets.Prefix, s.assets)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", ready(c.Ready, c.Amiss))
	if c.Metrics != nil {
		mux.Handle("GET /metrics", c.Metrics)
	}
	mux.HandleFunc(anyRoute, s.unrouted(mux))
	return mux
}

// ready answers whoever sends requests here. Late witnesses do not make it say
// no: then whoever runs a witness could take the service away from everybody.
func ready(check func() error, amiss func(context.Context) []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if check != nil {
			if err := check(); err != nil {
				http.Error(w, string(aiqyn.KindOf(err)), http.StatusServiceUnavailable)
				return
			}
		}
		fmt.Fprintln(w, "ready")
		if amiss == nil {
			return
		}
		for _, line := range amiss(r.Context()) {
			fmt.Fprintln(w, line)
		}
	}
}
