package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/store"
	"aiqyn/store/cluster"
	"aiqyn/web"
)

const (
	visitRate = 500              // requests a second
	visitSpan = 20 * time.Second // how long they come
	visitors  = 256              // people who come, each signed in
	deepCases = 2_000            // cases of the one whose list is long
)

// visits is a site with people who are signed in, each of whom has as many of the
// stored cases.
type visits struct {
	w      *benchWorld
	origin string
	site   *http.Server
	client *http.Client
	people []visitor

	mu     sync.Mutex
	chance *rand.Rand // the same pages in every run
}

type visitor struct {
	token     string
	applicant []byte // as rows have it
}

// wanted is a page that somebody asks for.
type wanted struct {
	by   int // among the people
	list bool
	ref  aiqyn.Reference // of the case, if it is not the list
}

// page is the address of what is asked for.
func (p wanted) page() string {
	if p.list {
		return "/kk/cases"
	}
	return "/kk/cases/" + url.PathEscape(string(p.ref))
}

// bare is where the same rows are read and nothing is made of them.
func (p wanted) bare() string {
	if p.list {
		return "/bare/list"
	}
	return "/bare/case/" + url.PathEscape(string(p.ref))
}

// any is one of the stored cases by chance, among all of them, or every second
// time the list of whoever has it.
func (s *visits) any() wanted {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.chance.IntN(len(s.w.stored))
	return wanted{by: owner(n) - 1, list: s.chance.IntN(2) == 0, ref: s.w.stored[n]}
}

// citizen measures the pages of citizens and the lists, as a browser gets them,
// on one database beside very many stored cases. Requests come at their rate
// whether or not the ones before were answered.
func (b *bench) citizen(server *cluster.Cluster, suffix string) error {
	dir, err := b.tempDir()
	if err != nil {
		return err
	}
	w, err := newBenchWorld(b.ctx, dir, server, 20_000)
	if err != nil {
		os.RemoveAll(dir)
		return err
	}
	defer w.close()
	cases := 20_000
	if b.long {
		cases = 1_000_000
	}
	if err := b.fill(w, cases); err != nil {
		return err
	}
	s, err := newVisits(b.ctx, w)
	if err != nil {
		return err
	}
	defer s.site.Close()
	if err := b.opened(s, "pages.citizen"+suffix, visitRate, visitSpan); err != nil {
		return err
	}
	return b.lists(s, suffix)
}

// opened measures cases' pages and lists of one's own, of stored cases taken by
// chance, at a rate and for a span. A part of that before does not count: nobody
// measures how a server begins.
func (b *bench) opened(s *visits, name string, rate int, span time.Duration) error {
	ask := func(address func(wanted) string) func(context.Context) error {
		return func(ctx context.Context) error {
			p := s.any()
			return s.get(ctx, p.by, address(p))
		}
	}
	bare, err := paced(b.ctx, rate, span/4, ask(wanted.bare))
	if err != nil {
		return err
	}
	if _, err := paced(b.ctx, rate, span/10, ask(wanted.page)); err != nil {
		return err
	}
	took, err := paced(b.ctx, rate, span, ask(wanted.page))
	if err != nil {
		return err
	}
	const limit = "the rows of the same pages read by a bare handler on the same connections, and nothing made of them"
	b.add(figure{Name: name, Value: ms(took.at(0.5)), Unit: "ms", Better: "lower", Goal: 5,
		Limit: of(ms(bare.at(0.5))), LimitName: limit, Extrapolated: !b.long})
	b.add(figure{Name: name + ".p99", Value: ms(took.at(0.99)), Unit: "ms", Better: "lower", Goal: 50,
		Limit: of(ms(bare.at(0.99))), LimitName: limit, Extrapolated: !b.long})
	return nil
}

// lists measures a page of each list at its beginning, its end and between;
// the figure is the slowest median among them.
func (b *bench) lists(s *visits, suffix string) error {
	worst, where, bare := time.Duration(0), "", time.Duration(0)
	deep, err := s.deep(b.ctx)
	if err != nil {
		return err
	}
	for _, path := range deep {
		took, err := paced(b.ctx, 50, 2*time.Second, func(ctx context.Context) error { return s.get(ctx, 0, path) })
		if err != nil {
			return err
		}
		least, err := paced(b.ctx, 50, time.Second, func(ctx context.Context) error { return s.get(ctx, 0, "/bare/list") })
		if err != nil {
			return err
		}
		if m := took.at(0.5); m > worst {
			worst, where, bare = m, path, least.at(0.5)
		}
	}
	b.add(figure{Name: "pages.list" + suffix, Value: ms(worst), Unit: "ms", Better: "lower", Goal: 10, Limit: of(ms(bare)),
		LimitName: "a bare handler that reads a page of one list; the slowest of all lists and depths was " + where, Extrapolated: !b.long})
	return nil
}

// newVisits opens the site and signs the visitors in.
func newVisits(ctx context.Context, w *benchWorld) (*visits, error) {
	texts, err := locale.Load()
	if err != nil {
		return nil, err
	}
	site, err := web.New(web.Config{Engine: w.office, Catalogue: texts, Clock: time.Now})
	if err != nil {
		return nil, err
	}
	s := &visits{w: w, chance: rand.New(rand.NewPCG(1, 2)), client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: visitors, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for i := len(w.visitors); i < visitors; i++ {
		p, err := s.enter(ctx, i+1)
		if err != nil {
			return nil, err
		}
		w.visitors = append(w.visitors, p)
	}
	s.people = w.visitors
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /bare/list", s.bareList)
	mux.HandleFunc("GET /bare/case/{ref}", s.bareCase)
	mux.Handle("/", site)
	s.origin, s.site = "http://"+listener.Addr().String(), &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go s.site.Serve(listener) // until it is closed
	return s, nil
}

func (s *visits) file(ctx context.Context, i int) (casework.Result, error) {
	return s.w.Do(ctx, casework.File{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(i)},
		Service: "address.certificate", Lang: "kk", Channel: "online", Answers: map[string]string{"use": "extract"}})
}

// enter makes an account, files something for it and signs it in.
func (s *visits) enter(ctx context.Context, i int) (visitor, error) {
	phone := fmt.Sprintf("+7700%07d", i)
	actor := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(i)}
	filed, err := s.file(ctx, i)
	if err != nil {
		return visitor{}, err
	}
	row, _, err := s.w.office.db.CaseByRef(ctx, string(filed.Ref))
	if err != nil {
		return visitor{}, err
	}
	token, err := s.w.enter(ctx, casework.Account{Actor: actor, Name: "Өлшем Адам", Phone: phone, Lang: aiqyn.Kazakh, Roles: []aiqyn.Role{aiqyn.RoleApplicant}})
	return visitor{token, row.Applicant}, err
}

// enter makes an account and signs it in by the code that was sent.
func (w *benchWorld) enter(ctx context.Context, a casework.Account) (token string, err error) {
	if err := w.PutAccount(ctx, a); err != nil {
		return "", err
	}
	attempt, err := w.SendCode(ctx, a.Phone, a.Lang)
	if err != nil {
		return "", err
	}
	sent, err := w.Messages(ctx, a.Phone, 1)
	if err != nil {
		return "", err
	}
	if len(sent) == 0 {
		return "", fmt.Errorf("no code was sent to %s", a.Phone)
	}
	token, _, err = w.SignIn(ctx, attempt, a.Phone, fmt.Sprint(sent[0].Args["code"]), casework.Client{Agent: "bench"})
	return token, err
}

// visitorHeader tells a bare handler who asks: it reads no session.
const visitorHeader = "X-Bench-Visitor"

// get asks for a page as somebody, and reads it to its end.
func (s *visits) get(ctx context.Context, by int, path string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.origin+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set(visitorHeader, strconv.Itoa(by))
	r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: s.people[by].token})
	w, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer w.Body.Close()
	if _, err := io.Copy(io.Discard, w.Body); err != nil {
		return err
	}
	if w.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: status %d", path, w.StatusCode)
	}
	return nil
}

// bareCase reads what the page of a case reads, its row and its entries, and makes
// nothing of them.
func (s *visits) bareCase(w http.ResponseWriter, r *http.Request) {
	c, _, err := s.w.office.db.CaseByRef(r.Context(), r.PathValue("ref"))
	if err == nil {
		_, err = s.w.office.db.EntriesOf(r.Context(), c.No, 200)
	}
	weigh(w, err)
}

// bareList reads what the list of one's own cases reads.
func (s *visits) bareList(w http.ResponseWriter, r *http.Request) {
	by, err := strconv.Atoi(r.Header.Get(visitorHeader))
	if err == nil {
		_, err = s.w.office.db.CasesOfApplicant(r.Context(), s.people[by].applicant, store.CaseFilter{}, 0, 26)
	}
	weigh(w, err)
}

// weigh answers with about what a page weighs on the wire.
func weigh(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(make([]byte, 4<<10))
}

// deep are addresses of the lists at every quarter of their length.
func (s *visits) deep(ctx context.Context) ([]string, error) {
	head, err := s.w.Head(ctx)
	if err != nil {
		return nil, err
	}
	paths := []string{"/kk/cases", "/kk/ledger/entries"}
	for quarter := int64(3); quarter > 0; quarter-- {
		paths = append(paths, fmt.Sprintf("/kk/ledger/entries?after=%d", head.Size*quarter/4))
	}
	paths = append(paths, "/kk/ledger/entries?after=20")
	page, seen := casework.Page{Limit: 200}, 0
	for page.After != "" || seen == 0 {
		list, err := s.w.Mine(ctx, aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(1)}, page)
		if err != nil {
			return nil, err
		}
		page.After, seen = list.Next, seen+len(list.Items)
		if list.Next != "" && seen%(deepCases/4) < page.Limit {
			paths = append(paths, "/kk/cases?after="+url.QueryEscape(list.Next))
		}
	}
	return paths, nil
}
