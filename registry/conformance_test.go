package registry

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

var asOf = time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)

// rows is a little store: register → key → JSON. The row "broken" cannot be
// read, and with down set nothing can.
type rows struct {
	data map[string]map[string]string
	down bool
}

var sample = map[string]map[string]string{
	PeopleRegister: {
		"900101750009": `{"name":{"last":"Серікова", "first":"Айгүл"},"iin":"900101750009","born":"1990-01-01"}`,
		"900101750010": `{"iin":`,
		"900101750011": `["not an object"]`,
	},
	ParcelRegister: {
		"99-999-001-0042": `{"number":"99-999-001-0042","area":600,"lat":51.0,"lon":71.5,"x":10.50,"y":-3}`,
	},
}

func (r *rows) RegisterRow(_ context.Context, register, key string) ([]byte, string, time.Time, error) {
	if r.down {
		return nil, "", time.Time{}, errors.New("disk I/O error")
	}
	value, ok := r.data[register][key]
	if !ok {
		return nil, "", asOf, nil
	}
	return []byte(value), "v1", asOf, nil
}

func (r *rows) RegisterRows(ctx context.Context, keys [][2]string, each func(i int, value []byte, version string, at time.Time)) error {
	for i, k := range keys {
		value, version, at, err := r.RegisterRow(ctx, k[0], k[1])
		if err != nil {
			return err
		}
		each(i, value, version, at)
	}
	return nil
}

// securityServer serves rows as a security server and the provider behind it
// would. It keeps the last request.
type securityServer struct {
	rows rows
	last *http.Request
}

func (s *securityServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.last = r
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	register := map[string]string{"people": PeopleRegister, "parcels": ParcelRegister}
	if r.URL.Path == "/r1/KZ/GOV/1001/cadastre/places" {
		w.Header().Set("X-Road-Id", r.Header.Get("X-Road-Id"))
		s.places(w, r)
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/r1/"), "/")
	if len(parts) != 6 || register[parts[4]] == "" || r.Header.Get("X-Road-Client") != "KZ/GOV/2002/aiqyn" {
		w.Header().Set("X-Road-Error", "Server.ServerProxy.UnknownService")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"type":"Server.ServerProxy.UnknownService","message":"Unknown service","detail":""}`))
		return
	}
	w.Header().Set("X-Road-Id", r.Header.Get("X-Road-Id"))
	w.Header().Set("X-Road-Service", strings.Join(parts[:5], "/"))
	w.Header().Set("X-Road-Request-Hash", "14sEri8SmLNy/DJyTob0ZddAskmdRy5ZUyhbr33iLkaA==")
	value, version, at, err := s.rows.RegisterRow(r.Context(), register[parts[4]], parts[5])
	switch {
	case err != nil:
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusServiceUnavailable)
	case value == nil:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("ETag", `"`+version+`"`)
		w.Header().Set("Last-Modified", at.Format(http.TimeFormat))
		_, _ = w.Write(value)
	}
}

func newXRoad(t testing.TB, handler http.Handler, change func(*XRoadConfig)) *XRoad {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	config := XRoadConfig{
		Server: server.URL,
		Client: "KZ/GOV/2002/aiqyn",
		Services: map[string]string{
			PeopleRegister: "KZ/GOV/1001/registers/people",
			ParcelRegister: "KZ/GOV/1001/cadastre/parcels",
		},
		HTTP: server.Client(),
		Now:  func() time.Time { return asOf.Add(time.Hour) },
	}
	if change != nil {
		change(&config)
	}
	x, err := NewXRoad(config)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func query(register, key string) Query {
	return Query{Register: register, Key: key, Purpose: "technical conditions", Case: "case-1",
		Actor: aiqyn.Actor{Role: aiqyn.RoleSurveyor, Officer: "surveyor-03"}}
}

// TestConformance holds every implementation to the contract of [Register].
func TestConformance(t *testing.T) {
	for name, open := range map[string]func(t *testing.T, down bool) Register{
		"local": func(_ *testing.T, down bool) Register { return NewLocal(&rows{sample, down}) },
		"x-road": func(t *testing.T, down bool) Register {
			return newXRoad(t, &securityServer{rows: rows{sample, down}}, nil)
		},
		"routed and recorded": func(_ *testing.T, down bool) Register {
			local := NewLocal(&rows{sample, down})
			nothing := func(context.Context, Query, Reading, error) error { return nil }
			return Recorded(Routes{PeopleRegister: local, ParcelRegister: local}, nothing)
		},
	} {
		t.Run(name, func(t *testing.T) {
			conforms(t, open(t, false))
			answersMany(t, open(t, false))
			_, all := ReadAll(t.Context(), open(t, true), []Query{query(PeopleRegister, "900101750009"), query(ParcelRegister, "99-999-001-0042")})
			isUnavailable(t, "registers that are down", all)
			_, err := open(t, true).Read(t.Context(), query(PeopleRegister, "900101750009"))
			isUnavailable(t, "a register that is down", err)
		})
	}
}

func conforms(t *testing.T, register Register) {
	ctx := t.Context()
	r, err := register.Read(ctx, query(PeopleRegister, "900101750009"))
	if err != nil {
		t.Fatal(err)
	}
	const canonical = `{"born":"1990-01-01","iin":"900101750009","name":{"first":"Айгүл","last":"Серікова"}}`
	if !r.Found || string(r.Value) != canonical {
		t.Errorf("got %v %s", r.Found, r.Value)
	}
	if r.Version != "v1" || !r.At.Equal(asOf) || r.Source == "" || r.Key != "900101750009" || r.Register != PeopleRegister {
		t.Errorf("got %+v", r)
	}
	person, err := Decode[Person](r)
	if err != nil || person.Name.String() != "Серікова Айгүл" {
		t.Errorf("got %+v, %v", person, err)
	}

	r, err = register.Read(ctx, query(ParcelRegister, "99-999-001-0042"))
	if want := `{"area":600,"lat":51,"lon":71.5,"number":"99-999-001-0042","x":10.5,"y":-3}`; err != nil || string(r.Value) != want {
		t.Errorf("got %s, %v", r.Value, err)
	}

	r, err = register.Read(ctx, query(PeopleRegister, "061211600012"))
	if err != nil || r.Found || r.Value != nil {
		t.Errorf("a row that is not there: %+v, %v", r, err)
	}
	if _, err := Decode[Person](r); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("decoding it: %v", err)
	}
	for _, key := range []string{"900101750010", "900101750011"} {
		_, err = register.Read(ctx, query(PeopleRegister, key))
		isUnavailable(t, "a malformed row", err)
	}
	for _, bad := range []Query{
		query(PeopleRegister, ""),
		query(PeopleRegister, "line\nbreak"),
		query(PeopleRegister, strings.Repeat("9", 101)),
		query(PeopleRegister, "../parcels/1"),
		query(PeopleRegister, ".."),
		query(PeopleRegister, "1?admin=1"),
		{Register: PeopleRegister, Key: "900101750009", Purpose: " "},
	} {
		if _, err := register.Read(ctx, bad); err == nil || aiqyn.KindOf(err) == aiqyn.Unavailable {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, ok := register.(*XRoad); ok {
		_, err = register.Read(cancelled, query(PeopleRegister, "900101750009"))
		isUnavailable(t, "a cancelled reading", err)
	}
}

// answersMany holds readings in one go to readings one by one, whatever is asked for
// twice or is not there.
func answersMany(t *testing.T, register Register) {
	t.Helper()
	list := []Query{
		query(PeopleRegister, "900101750009"), query(PeopleRegister, "061211600012"), query(ParcelRegister, "99-999-001-0042"), query(PeopleRegister, "900101750009"),
	}
	got, err := ReadAll(t.Context(), register, list)
	if err != nil || len(got) != len(list) {
		t.Fatalf("%d answers, %v", len(got), err)
	}
	for i, q := range list {
		want, err := register.Read(t.Context(), q)
		if err != nil || !reflect.DeepEqual(got[i], want) {
			t.Errorf("%s %s: together %+v, alone %+v, %v", q.Register, q.Key, got[i], want, err)
		}
	}
	for _, bad := range []Query{query(PeopleRegister, "900101750010"), query(PeopleRegister, ".."), {Register: PeopleRegister, Key: "900101750009"}} {
		_, want := register.Read(t.Context(), bad)
		if _, err := ReadAll(t.Context(), register, append(list, bad)); aiqyn.KindOf(err) != aiqyn.KindOf(want) {
			t.Errorf("%+v: together %v, alone %v", bad, err, want)
		}
	}
}

// isUnavailable holds an error to what a person is told: wait so long.
func isUnavailable(t *testing.T, what string, err error) {
	t.Helper()
	var e *aiqyn.Error
	if !errors.As(err, &e) || e.Kind != aiqyn.Unavailable || e.Args["retry"] != int64(30) || e.Err == nil {
		t.Errorf("%s: got %v", what, err)
	}
}

func TestRecorded(t *testing.T) {
	var seen []string
	record := func(_ context.Context, q Query, r Reading, err error) error {
		seen = append(seen, q.Key+" "+q.Purpose+" "+string(q.Case))
		if q.Key == "061211600012" {
			return errors.New("the log is full")
		}
		return nil
	}
	register := Recorded(NewLocal(&rows{data: sample}), record)
	if _, err := register.Read(t.Context(), query(PeopleRegister, "900101750009")); err != nil {
		t.Error(err)
	}
	if r, err := register.Read(t.Context(), query(PeopleRegister, "061211600012")); err == nil || r.Register != "" {
		t.Errorf("an unrecorded reading is handed out: %+v", r)
	}
	down := Recorded(NewLocal(&rows{down: true}), record)
	_, err := down.Read(t.Context(), query(PeopleRegister, "900101750009"))
	isUnavailable(t, "a failed reading", err)
	if len(seen) != 3 || seen[0] != "900101750009 technical conditions case-1" {
		t.Errorf("recorded %q", seen)
	}
	if _, err := (Routes{}).Read(t.Context(), query("unheard-of", "1")); aiqyn.KindOf(err) != aiqyn.Internal {
		t.Errorf("a register that nobody knows: %v", err)
	}
}

func BenchmarkLocal(b *testing.B) {
	value, err := Canonical(Person{IIN: "900101750009", Name: Name{Last: "Серікова", First: "Айгүл"}, Born: "1990-01-01"})
	if err != nil {
		b.Fatal(err)
	}
	register := NewLocal(&rows{data: map[string]map[string]string{PeopleRegister: {"900101750009": string(value)}}})
	q := query(PeopleRegister, "900101750009")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := register.Read(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
}
