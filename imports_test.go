package aiqyn_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// room is one folder of the map in ARCHITECTURE.md.
type room struct {
	layer int
	rooms string // of ours that it may import, beside the root
	uses  string // modules of others that it may import
}

// rooms is the whole map. A room is added here before its first file; one that
// wants a new import asks here first. Layers 0 and 1 are pure.
var rooms = map[string]room{
	".": {layer: 0},

	"canonical": {layer: 0},
	// What tests alter, to hold that it is found.
	"canonical/altered": {layer: 1, rooms: "canonical"},
	"rule":              {layer: 1, rooms: "canonical", uses: "cel.dev/cel-go"},
	"deadline":          {layer: 1, uses: "go.yaml.in/yaml/v3"},
	"service":           {layer: 1, rooms: "rule deadline", uses: "go.yaml.in/yaml/v3"},
	"ledger":            {layer: 1, uses: "golang.org/x/mod"},
	"beacon":            {layer: 1, uses: "github.com/cloudflare/circl"},
	"release":           {layer: 1, rooms: "ledger deadline"},
	"evidence":          {layer: 1, rooms: "ledger"},
	"geodesy":           {layer: 1},
	"tile":              {layer: 1},
	"secrecy":           {layer: 1, rooms: "deadline tile"},
	"grid":              {layer: 1, rooms: "canonical geodesy"},
	"allocation":        {layer: 1, uses: "github.com/go-json-experiment/json golang.org/x/mod"},
	// A verifier that reads no clock and no network; what it holds against is passed in.
	"signature": {layer: 1, uses: "golang.org/x/crypto"},
	"access":    {layer: 1},
	"locale":    {layer: 1, uses: "go.yaml.in/yaml/v3 golang.org/x/text"},

	"archive": {layer: 2, uses: "go.yaml.in/yaml/v3 github.com/xuri/excelize/v2"},

	"signature/practice": {layer: 2, rooms: "signature", uses: "golang.org/x/crypto"},

	"passkey": {layer: 2, uses: "github.com/go-webauthn/webauthn"},
	"oidc":    {layer: 2, uses: "github.com/coreos/go-oidc/v3 golang.org/x/oauth2"},
	// A provider for tests, in a process of its own.
	"oidc/practice": {layer: 2, uses: "github.com/go-jose/go-jose/v4"},
	// A device for tests.
	"passkey/practice": {layer: 2, uses: "github.com/go-webauthn/webauthn"},

	"retry":       {layer: 1},
	"webhook":     {layer: 1},
	"notify/sms":  {layer: 2},
	"notify/smpp": {layer: 2, rooms: "retry notify/sms"},
	"notify/smsc": {layer: 2, rooms: "retry notify/sms notify/smpp"},
	"notify/mta":  {layer: 2},
	"notify":      {layer: 2, rooms: "notify/sms notify/smpp webhook"},

	"pay": {layer: 2, rooms: "webhook"},
	// A bank in which no money moves.
	"pay/practice": {layer: 2, rooms: "pay webhook"},

	"attachment":       {layer: 2},
	"attachment/media": {layer: 1, rooms: "evidence"}, // parsers alone
	"attachment/clamd": {layer: 2},

	"store": {layer: 2, rooms: "rule deadline service ledger beacon evidence grid access locale", uses: "github.com/jackc/pgx/v5 modernc.org/libc modernc.org/sqlite"},
	// Servers of their own for tests and measurements.
	"store/cluster": {layer: 2, uses: "github.com/jackc/pgx/v5"},
	"registry":      {layer: 2, rooms: "rule deadline service ledger beacon evidence grid access locale", uses: "github.com/gowebpki/jcs"},

	"casework": {layer: 3, rooms: "canonical canonical/altered allocation archive attachment attachment/media rule deadline service ledger release beacon evidence grid tile secrecy access locale store registry notify retry signature passkey oidc pay webhook",
		uses: "github.com/gowebpki/jcs golang.org/x/mod golang.org/x/text"},

	"web/assets":      {layer: 4},
	"web/sheet":       {layer: 4, uses: "github.com/xuri/excelize/v2"},
	"web/paper":       {layer: 4, uses: "codeberg.org/go-pdf/fpdf github.com/skip2/go-qrcode"},
	"web/ui":          {layer: 4, rooms: "deadline locale web/assets web/ui/atlas web/ui/chart"},
	"web/ui/atlas":    {layer: 4},
	"web/ui/chart":    {layer: 4, rooms: "locale"},
	"web/visit":       {layer: 4, rooms: pages + " docs web/ui web/sheet"},
	"web/show":        {layer: 4, rooms: pages + " web/ui web/ui/chart web/ui/atlas web/visit web/sheet"},
	"web/citizen":     {layer: 4, rooms: pages + " web/paper web/ui web/visit web/show web/sign web/sheet"},
	"web/officer":     {layer: 4, rooms: pages + " web/ui web/visit web/show web/sign web/sheet"},
	"web/sign":        {layer: 4, rooms: pages + " web/ui web/visit"},
	"web/office":      {layer: 4, rooms: pages + " web/sheet web/ui web/ui/chart web/visit web/show"},
	"web/institution": {layer: 4, rooms: pages + " web/ui web/visit web/show"},
	"web/reader":      {layer: 4, rooms: pages + " web/ui web/visit web/show web/sign"},
	"web/operator":    {layer: 4, rooms: pages + " archive web/ui web/visit web/show"},
	"web/account":     {layer: 4, rooms: pages + " web/ui web/visit web/show"},
	"web/public":      {layer: 4, rooms: pages + " docs web/paper web/ui web/ui/chart web/ui/atlas web/visit web/show web/sheet"},
	"web/file":        {layer: 4, rooms: pages + " web/ui web/visit web/show"},
	"web/ogc":         {layer: 4, rooms: pages + " web/visit"},
	"web/api":         {layer: 4, rooms: pages + " web/visit web/show", uses: "github.com/go-json-experiment/json"},
	"web":             {layer: 4, rooms: pages + " docs web/ui web/visit web/show web/assets web/sheet web/account web/citizen web/file web/office web/officer web/institution web/reader web/operator web/sign web/public web/ogc web/api webhook"},
	// A browser for tests.
	"web/chromium": {layer: 4, uses: "github.com/chromedp/cdproto github.com/chromedp/chromedp"},
	"simulate":     {layer: 4, rooms: pages + " beacon evidence geodesy grid store registry"},

	"packs":        {layer: 2, rooms: "service"}, // data: a country, compiled in
	"docs":         {layer: 2, uses: "github.com/yuin/goldmark"},
	"cmd/aiqyn":    {layer: 5, rooms: anything, uses: anything},
	"cmd/verifier": {layer: 5, rooms: "ledger", uses: "golang.org/x/mod"}, // also as WebAssembly: nothing of a server
	".ci/noskip":   {layer: 5},
}

// pages is what any folder of web may need to show a case.
const pages = "attachment attachment/media rule deadline service ledger release tile secrecy access locale notify pay casework"

// anything is for wiring only.
const anything = "*"

// impure are the packages that bring the outside world into a room.
var impure = []string{
	"net", "net/*", "os", "os/*", "database/sql", "database/*", "math/rand", "math/rand/*", "crypto/rand",
	"syscall", "log", "log/*", "plugin", "testing", "unsafe",
}

// pureEnough are below an impure name and pure all the same.
var pureEnough = []string{"net/url", "net/netip"}

// impureTime are the functions of package time that read the clock or wait.
var impureTime = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"}

func TestRoomsImportOnlyWhatTheMapAllows(t *testing.T) {
	for _, s := range sources(t) {
		r, ok := rooms[s.room()]
		if !ok {
			t.Errorf("%s: folder %s is not on the map in imports_test.go", s.name, s.room())
			continue
		}
		if s.isTest() {
			continue
		}
		for _, complaint := range r.complaints(s) {
			t.Error(complaint)
		}
	}
}

func TestTheMapHasNoEmptyRooms(t *testing.T) {
	filled := map[string]bool{}
	for _, s := range sources(t) {
		filled[s.room()] = true
	}
	for name, r := range rooms {
		if !filled[name] {
			t.Errorf("the map has room %s, the tree has not", name)
		}
		if r.rooms == anything {
			continue
		}
		for other := range strings.FieldsSeq(r.rooms) {
			switch to, ok := rooms[other]; {
			case !ok:
				t.Errorf("%s may import %s, which is not on the map", name, other)
			case to.layer > r.layer:
				t.Errorf("%s of layer %d may import %s of layer %d: layers import downward", name, r.layer, other, to.layer)
			}
		}
	}
}

// complaints lists what a file imports or calls that its room may not.
func (r room) complaints(s source) []string {
	var list []string
	for _, spec := range s.file.Imports {
		if why := r.forbids(strings.Trim(spec.Path.Value, `"`)); why != "" {
			list = append(list, s.at(spec)+": "+s.room()+" imports "+spec.Path.Value+": "+why)
		}
	}
	if r.layer > 1 {
		return list
	}
	clock := s.imported("time")
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if of, ok := call.X.(*ast.Ident); ok && clock != "" && of.Name == clock && slices.Contains(impureTime, call.Sel.Name) {
			list = append(list, s.at(call)+": "+s.room()+" is pure and uses time."+call.Sel.Name)
		}
		return true
	})
	return list
}

// forbids says why a room may not import a package, or nothing.
func (r room) forbids(name string) string {
	first, _, _ := strings.Cut(name, "/")
	switch {
	case name == "aiqyn":
		return ""
	case first == "aiqyn":
		if r.rooms != anything && !slices.Contains(strings.Fields(r.rooms), strings.TrimPrefix(name, "aiqyn/")) {
			return "the map does not allow it"
		}
	case strings.Contains(first, "."):
		of := func(module string) bool { return name == module || strings.HasPrefix(name, module+"/") }
		if r.uses != anything && !slices.ContainsFunc(strings.Fields(r.uses), of) {
			return "the map does not allow this module"
		}
	case r.layer <= 1 && slices.ContainsFunc(impure, func(p string) bool { return matches(p, name) }) && !slices.Contains(pureEnough, name):
		return "the room is pure"
	}
	return ""
}

// matches reports whether a package is the one named, or below "name/*".
func matches(pattern, name string) bool {
	folder, isFolder := strings.CutSuffix(pattern, "*")
	return name == pattern || isFolder && strings.HasPrefix(name, folder)
}

// TestTheMapIsHeld plants in a pure room what must not be there.
func TestTheMapIsHeld(t *testing.T) {
	cases := []struct{ room, text, want string }{
		{"rule", `import "net/http"`, "pure"},
		{"rule", `import "crypto/rand"`, "pure"},
		{"rule", `import "math/rand/v2"`, "pure"},
		{"ledger", `import "aiqyn/store"`, "map"},
		{"ledger", `import "modernc.org/sqlite"`, "module"},
		{"store", `import "aiqyn/casework"`, "map"},
		{"web/citizen", `import "aiqyn/store"`, "map"},
		{"deadline", "import clock \"time\"\nvar now = clock.Now", "time.Now"},
		{"deadline", "import \"time\"\nvar x = time.Since(time.Time{})", "time.Since"},
		{"deadline", "import \"time\"\nvar x = time.UTC", ""},
		{"evidence", `import "net/url"`, ""},
		{"store", "import \"time\"\nvar now = time.Now", ""},
	}
	for _, c := range cases {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, c.room+"/planted.go", "package p\n"+c.text, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := rooms[c.room].complaints(source{name: c.room + "/planted.go", file: file, fset: fset})
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%s with %q: complaints %q, want one of %q", c.room, c.text, got, c.want)
		}
	}
}
