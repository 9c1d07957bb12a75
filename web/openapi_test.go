package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/web/api"
)

// spoken is the interface as its document describes it, with what was said to
// it and what it answered.
type spoken struct {
	t        *testing.T
	document map[string]any
	compiler *jsonschema.Compiler
	statuses map[string]map[string]bool // by method and path: those that were seen
	fields   map[string]bool            // "Case.ref": those that were seen
}

// where the document lies for references within it.
const documentURL = "https://aiqyn.test/openapi.json"

func newSpoken(t *testing.T, s *Server) *spoken {
	t.Helper()
	w := ask(s, "", "/api/v1/openapi.json", nil)
	parsed, err := jsonschema.UnmarshalJSON(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	sp := &spoken{t: t, document: parsed.(map[string]any), compiler: jsonschema.NewCompiler(), statuses: map[string]map[string]bool{}, fields: map[string]bool{}}
	sp.compiler.DefaultDraft(jsonschema.Draft2020) // what OpenAPI 3.1 speaks
	sp.compiler.AssertFormat()
	sp.compiler.AssertContent()
	if err := sp.compiler.AddResource(documentURL, parsed); err != nil {
		t.Fatal(err)
	}
	return sp
}

// hold checks a value against the schema at a place of the document.
func (sp *spoken) hold(value []byte, at ...string) error {
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	pointer := ""
	for _, part := range at {
		pointer += "/" + escape.Replace(part)
	}
	schema, err := sp.compiler.Compile(documentURL + "#" + pointer)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(value))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

func dig(of any, path ...string) any {
	for _, name := range path {
		m, _ := of.(map[string]any)
		of = m[name]
	}
	return of
}

func (sp *spoken) operation(r api.Route) map[string]any {
	return dict(dig(sp.document, "paths", r.Path, strings.ToLower(r.Method)))
}

func dict(of any) map[string]any { m, _ := of.(map[string]any); return m }

var examplePath = strings.NewReplacer("{service}", "energy.connection", "{ref}", "AQ-OPEN-0001", "{index}", "100", "{id}", "7", "{step}", "survey", "{queue}", "health.specialist", "{lot}", "lot-sold",
	"{schedule}", "health.specialist.pol-1.cardiologist", "{slot}", "health.specialist.pol-1.cardiologist.20261125T0920")

// say sends one request and holds the answer against the document.
func (sp *spoken) say(s http.Handler, r api.Route, as, at string, body []byte) *httptest.ResponseRecorder {
	sp.t.Helper()
	if at == "" {
		at = examplePath.Replace(r.Path)
	}
	q := httptest.NewRequest(r.Method, "/api/v1"+at, bytes.NewReader(body))
	if as != "" {
		q.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: as})
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, q)
	route, status := r.Method+" "+r.Path, strconv.Itoa(w.Code)
	if sp.statuses[route] == nil {
		sp.statuses[route] = map[string]bool{}
	}
	sp.statuses[route][status] = true
	mime, raw := w.Header().Get("Content-Type"), w.Body.Bytes()
	if err := sp.hold(raw, "paths", r.Path, strings.ToLower(r.Method), "responses", status, "content", mime, "schema"); err != nil {
		sp.t.Errorf("%s as %q, status %d, %s: %v", route, as, w.Code, mime, err)
	}
	for name := range dict(dig(sp.operation(r), "responses", status, "headers")) {
		if w.Header().Get(name) == "" {
			sp.t.Errorf("%s, status %d: no header %s", route, w.Code, name)
		}
	}
	schema := dig(sp.operation(r), "responses", status, "content", mime, "schema")
	var value any
	if err := json.Unmarshal(raw, &value); err == nil {
		sp.note(schema, value)
	}
	return w
}

// note walks an answer along its schema and remembers the fields that it has.
func (sp *spoken) note(schema, value any) {
	if either, ok := dig(schema, "anyOf").([]any); ok && value != nil { // or null
		schema = either[0]
	}
	if ref, ok := dig(schema, "$ref").(string); ok {
		name := ref[strings.LastIndex(ref, "/")+1:]
		of := dig(sp.document, "components", "schemas", name)
		for field, v := range value.(map[string]any) {
			sp.fields[name+"."+field] = true
			sp.note(dig(of, "properties", field), v)
		}
		return
	}
	if list, ok := value.([]any); ok {
		for _, v := range list {
			sp.note(dig(schema, "items"), v)
		}
	}
}

// who may take a route in the fake's world, and who may not.
func who(r api.Route) (may, mayNot string) {
	switch {
	case r.May == access.ActionSeePublic:
		return "", ""
	case access.Allowed(aiqyn.RoleApplicant, r.May, access.Own).OK:
		return "applicant", "publisher"
	case r.May == access.ActionMeasure:
		return "operator", "publisher"
	case r.May == access.ActionReduce || r.May == access.ActionConfirmQueue || r.May == access.ActionConfirmTables:
		return "overseer", "publisher"
	case r.May == access.ActionRoster:
		return "registrar", "publisher"
	case r.May == access.ActionReadFact:
		return "reader", "publisher"
	case r.May == access.ActionReportPlaces:
		return "surgery", "publisher"
	}
	return "engineer", "publisher"
}

// bodies are one good request of each kind.
var bodies = map[string]string{
	"fileCase":            `{"command":"c1","service":"energy.connection","answers":{"load":"15"},"cms":"MIIB"}`,
	"documentOfFiling":    `{"command":"c1","service":"energy.connection","answers":{"load":"15"}}`,
	"object":              `{"command":"c2","text":"Құқығым тіркелген."}`,
	"appeal":              `{"command":"c3","text":"Құқығым тіркелген."}`,
	"askCorrection":       `{"command":"c4","field":"survey.measured-load","said":"20","text":"Фотодан көрінеді."}`,
	"withdraw":            `{"command":"c5"}`,
	"contest":             `{"command":"c5b","text":"Есептегіште басқа сан тұр."}`,
	"choosePoint":         `{"command":"c5c","point":"TP-21"}`,
	"takeStep":            `{"command":"c5a","records":{"builder":"own"},"cms":"MIIB"}`,
	"documentOfStep":      `{"command":"c5a","records":{"builder":"own"}}`,
	"perform":             `{"command":"c6","records":{"measured-load":"3"},"evidence":[{"kind":"place","lat":"43.24","lon":"76.89"},{"kind":"photo","hash":"sha256:00","time":"2026-11-23T05:00:00Z"},{"kind":"signature","text":"Бекзат Оспанов"}],"occurred":"2026-11-23T05:00:00Z","cms":"MIIB"}`,
	"documentOfWork":      `{"command":"c6","records":{"measured-load":"3"}}`,
	"decide":              `{"command":"c7","grant":false,"reason":"no-right","note":"…","point":"b2","point_reason":"route-closed","point_letter":"sha256:ab","cms":"MIIB"}`,
	"documentOfDecision":  `{"command":"c7","grant":true}`,
	"suspend":             `{"command":"c8","reason":"register-down"}`,
	"resume":              `{"command":"c9"}`,
	"signCorrections":     `{"command":"c9"}`,
	"declineCorrections":  `{"command":"c9","ground":"The act names another meter"}`,
	"enrol":               `{"command":"c9e","officer":"clerk-kg-1","name":"Жаңа Адам","iin":"900101300017","phone":"+77010000031"}`,
	"removeFromRoster":    `{"command":"c9f","officer":"surveyor-01"}`,
	"confirmTables":       `{"command":"c9c","ground":"Held against the act of works"}`,
	"declineTables":       `{"command":"c9d","ground":"This is no act of works"}`,
	"confirmQueue":        `{"command":"c9a","ground":"Held against the office's own file"}`,
	"declineQueue":        `{"command":"c9b","ground":"This is another file"}`,
	"restoreInQueue":      `{"command":"q1"}`,
	"lookAgain":           `{"command":"q2"}`,
	"transferInQueue":     `{"command":"q3","answers":{"first":"kg-9"}}`,
	"takeTicket":          `{"command":"q4","group":"pol-1/cardiologist"}`,
	"rebook":              `{"command":"q5","not_before":"2026-12-01","part":"morning"}`,
	"attend":              `{"command":"q6","came":true}`,
	"reportPlaces":        `{"command":"q7","group":"kk-2023","places":3}`,
	"publishSlots":        `{"command":"q8","group":"cardiologist","day":"2026-12-01","from":"09:00","minutes":20,"count":6,"places":1,"same_day":true}`,
	"takeMeasurements":    `{"command":"c14","table":"trafo,day,peak_kw,meter\n17,2026-11-20,182.5,KZ-0042\n"}`,
	"correctMeasurements": `{"command":"c14b","table":"trafo,day,meter,peak_kw,reason,evidence\n7,2026-11-20,KZ-0042,182.5,wrong-unit,Act 114\n"}`,
	"checkCorrections":    `{"table":"trafo,day,meter,peak_kw,reason,evidence\n7,2026-11-20,KZ-0042,182.5,wrong-unit,\n"}`,
	"checkMeasurements":   `{"table":"trafo,day,peak_kw,meter\n17,2026-11-31,182.5,KZ-0042\n"}`,
	"actFor":              `{"command":"c10","for":"entry/40"}`,
	"giveMandate":         `{"command":"c11","to":"990731799995","services":["energy.connection"],"until":"2027-02-03"}`,
	"askConsent":          `{"person":"900101300017","register":"people.address","here":true}`,
	"witnessConsent":      `{"person":"900101300017","register":"people.address","document":"passport"}`,
	"consentAtCounter":    `{"person":"900101300017","register":"people.address","code":"482193"}`,
	"readFact":            `{"command":"c19","person":"900101300017","register":"people.address"}`,
	"acceptMandate":       `{"command":"c12"}`,
	"registerMeters":      `{"command":"c19","table":"trafo,meter,since\n17,KZ-0042,2026-05-01\n"}`,
	"checkMeters":         `{"table":"trafo,meter,since\n17,KZ-0042,2026-05-01\n"}`,
	"endMandate":          `{"command":"c13"}`,
	"publishLot":          `{"command":"c15","service":"land.auction","parcel":"20-313-012-345"}`,
	"withdrawLot":         `{"command":"c16","ground":"court"}`,
	"sealBid":             `{"command":"c17","seal":"abababababababababababababababababababababababababababababababab"}`,
	"openBid":             `{"command":"c18","amount":150000000,"salt":"abababababababababababababababababababababababababababababababab"}`,
	"setWebhook":          `{"url":"https://example.kz/told"}`,
	"verifyReceipt":       `{"event":{},"salts":[],"proof":"p"}`,
}

func body(r api.Route) []byte {
	if r.Takes == nil {
		return nil
	}
	return []byte(bodies[r.Name])
}

// The document and the router name the same routes, and every route is a
// sentence, a name of its own and a good example of its body.
func TestTheDocumentNamesEveryRoute(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	sp := newSpoken(t, s)
	mux := s.mux(Config{})
	named := map[string]bool{}
	for _, r := range api.Routes() {
		o := sp.operation(r)
		if o == nil || o["summary"] == "" || named[r.Name] {
			t.Errorf("%s %s is not described, or not by a name of its own", r.Method, r.Path)
		}
		named[r.Name] = true
		if r.Takes != nil {
			if err := sp.hold(body(r), "paths", r.Path, "post", "requestBody", "content", "application/json", "schema"); err != nil {
				t.Errorf("%s %s: a good request is none by the document: %v", r.Method, r.Path, err)
			}
		}
	}
	paths := dict(dig(sp.document, "paths"))
	if len(paths) < 30 {
		t.Errorf("the document names only %d paths", len(paths))
	}
	for path, methods := range paths {
		for method := range dict(methods) {
			_, pattern := mux.Handler(httptest.NewRequest(strings.ToUpper(method), "/api/v1"+examplePath.Replace(path), nil))
			if pattern != strings.ToUpper(method)+" /api/v1"+path {
				t.Errorf("the document names %s %s; the router takes it for %q", method, path, pattern)
			}
		}
	}
}

func bodyRequest(r api.Route) *http.Request {
	q := httptest.NewRequest(r.Method, "/api/v1"+examplePath.Replace(r.Path), bytes.NewReader(body(r)))
	if r.Takes != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	q.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: "x"})
	return q
}

// Every answer of every route is as the document says, every status that it
// names comes about, no other does, and every field that it names is filled in
// some answer.
func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	sp := newSpoken(t, s)
	crowded, others := newServer(t, f, nil), []*Server{newServer(t, forgetful{f, aiqyn.E(aiqyn.Unavailable, "error.unavailable")}, nil), newServer(t, forgetful{f, io.ErrUnexpectedEOF}, nil)}
	for _, as := range []string{"", "applicant", "engineer", "operator", "overseer", "surgery", "reader", "registrar"} {
		for range api.CommandsPerMinute {
			_ = crowded.limits.posts.spend(limitedAs(as))
		}
	}
	for _, r := range api.Routes() {
		may, mayNot := who(r)
		sp.say(s, r, may, "", body(r))
		for _, other := range others {
			sp.say(other, r, "anybody", "", body(r))
		}
		for _, kind := range r.Fails {
			f.fail, f.down = aiqyn.E(kind, "error.not-found", "n", 1).On("field"), aiqyn.E(kind, "error.not-found")
			sp.say(s, r, may, strings.Replace(r.Path, "{service}", "none", 1), body(r))
			f.fail, f.down = nil, nil
		}
		if r.Paged {
			sp.say(s, r, may, r.Path+"?limit=9999", nil)
		}
		if r.Takes != nil {
			sp.say(s, r, may, "", []byte("{"))
			sp.say(s, r, may, "", append([]byte(`{"command":"`), bytes.Repeat([]byte("x"), api.MaxBody)...))
		}
		if r.Method != http.MethodGet {
			sp.say(crowded, r, may, "", body(r))
		}
		if mayNot != "" {
			sp.say(s, r, mayNot, "", body(r))
			sp.say(s, r, "", "", body(r))
		}
		s.limits = newLimits(s.site.Clock, 1)
	}
	more(sp, s, f)
	sp.complete()
}

// limitedAs is what the limits call one of the fake's world.
func limitedAs(as string) string {
	if a := accounts[as].Actor; as != "" {
		return "account " + string(a.Person) + string(a.Officer)
	}
	return "192.0.2.1" // of httptest
}

// withheld are fields that no answer of the fake's world has, because they are
// of requests or of services that the pack does not have.
func withheld(name, field string) bool {
	return strings.HasSuffix(name, "Command") || name == "EvidenceItem" || name == "Receipt" && field == "private" || name == "Service" && field == "sign" || name == "Law" && (field == "to" || field == "article")
}

// complete compares what was seen with what the document names.
func (sp *spoken) complete() {
	for _, r := range api.Routes() {
		route := r.Method + " " + r.Path
		want := slices.Sorted(maps.Keys(dict(dig(sp.operation(r), "responses"))))
		if got := slices.Sorted(maps.Keys(sp.statuses[route])); !slices.Equal(got, want) {
			sp.t.Errorf("%s answered with %v; the document names %v", route, got, want)
		}
	}
	for name, schema := range dict(dig(sp.document, "components", "schemas")) {
		for field := range dict(dig(schema, "properties")) {
			if !sp.fields[name+"."+field] && !withheld(name, field) {
				sp.t.Errorf("no answer has %s.%s, which the document names", name, field)
			}
		}
	}
}

// What a body says reaches the command, and a program may sign as a person may.
func TestCommandsOfPrograms(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	for _, r := range api.Routes() {
		if r.Takes == nil || r.May == access.ActionSeePublic {
			continue
		}
		f.sent = nil
		may, _ := who(r)
		q := bodyRequest(r)
		q.Header.Del("Cookie")
		q.Header.Set("Authorization", "Bearer "+may)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, q)
		if strings.HasPrefix(r.Name, "documentOf") {
			var out struct{ Document []byte }
			if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || !strings.Contains(string(out.Document), "act") || len(f.sent) > 0 {
				t.Errorf("%s: %d %s", r.Name, w.Code, w.Body)
			}
			continue
		}
		if strings.HasPrefix(r.Name, "check") { // says what would be taken, and takes nothing
			if w.Code != http.StatusOK || len(f.sent) > 0 {
				t.Errorf("%s: %d %s", r.Name, w.Code, w.Body)
			}
			continue
		}
		if w.Code >= 300 || len(f.sent) != 1 {
			t.Errorf("%s: %d %s", r.Name, w.Code, w.Body)
			continue
		}
		var in map[string]any
		if err := json.Unmarshal(body(r), &in); err != nil {
			t.Fatal(err)
		}
		said := fmt.Sprintf("%+v", f.sent[0])
		for _, word := range []string{"command", "text", "reason", "note", "field", "said", "service", "url"} {
			if v, ok := in[word].(string); ok && !strings.Contains(said, v) {
				t.Errorf("%s: %s %q is not in %s", r.Name, word, v, said)
			}
		}
		if _, signed := in["cms"]; signed && !strings.Contains(said, "CMS:[48 130 1]") {
			t.Errorf("%s: the signature is not in %s", r.Name, said)
		}
	}
	if w := ask(s, "applicant-unproven", "/api/v1/cases", nil); w.Code != http.StatusOK {
		t.Errorf("reading wants a second proof: %d", w.Code)
	}
	q := httptest.NewRequest("GET", "/en/cases", nil)
	q.Header.Set("Authorization", "Bearer applicant")
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, q); w.Code != http.StatusSeeOther {
		t.Errorf("a page takes a program's token: %d", w.Code)
	}
}
