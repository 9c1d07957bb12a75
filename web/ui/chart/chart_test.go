package chart

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/locale"
)

// exact lists P(R ≤ r) of a binomial in fractions of over/unto to the power n.
func exact(n int, over, unto int64) []*big.Rat {
	whole := new(big.Int).Exp(big.NewInt(unto), big.NewInt(int64(n)), nil)
	sum := new(big.Int)
	var list []*big.Rat
	for k := range n + 1 {
		term := new(big.Int).Binomial(int64(n), int64(k))
		term.Mul(term, new(big.Int).Exp(big.NewInt(over), big.NewInt(int64(k)), nil))
		term.Mul(term, new(big.Int).Exp(big.NewInt(unto-over), big.NewInt(int64(n-k)), nil))
		sum.Add(sum, term)
		list = append(list, new(big.Rat).SetFrac(sum, whole))
	}
	return list
}

// The limits are those of Spiegelhalter's formula computed in exact fractions.
func TestFunnelLimitsAreExact(t *testing.T) {
	for _, c := range []struct {
		n          int
		over, unto int64
	}{{1, 1, 2}, {10, 1, 10}, {37, 3, 20}, {90, 1, 50}, {150, 7, 10}, {120, 19, 20}} {
		cdf := exact(c.n, c.over, c.unto)
		b := newBinomial(c.n, float64(c.over)/float64(c.unto))
		for _, level := range levels {
			p := new(big.Rat).SetFloat64(level)
			r := slices.IndexFunc(cdf, func(x *big.Rat) bool { return x.Cmp(p) > 0 })
			before := new(big.Rat)
			if r > 0 {
				before = cdf[r-1]
			}
			alpha := new(big.Rat).Quo(new(big.Rat).Sub(cdf[r], p), new(big.Rat).Sub(cdf[r], before))
			y := new(big.Rat).Sub(big.NewRat(int64(r), 1), alpha)
			want, _ := y.Quo(y, big.NewRat(int64(c.n), 1)).Float64()
			if got := b.limit(level); math.Abs(got-min(1, max(0, want))) > 1e-9 {
				t.Errorf("n %d, θ %d/%d, level %v: limit %v, want %v", c.n, c.over, c.unto, level, got, want)
			}
		}
	}
}

// With very many cases the exact limits come close to those of the normal
// approximation, and no probability underflows.
func TestFunnelLimitsOfManyCases(t *testing.T) {
	const n, theta = 2_000_000, 0.3
	b := newBinomial(n, theta)
	sd := math.Sqrt(theta * (1 - theta) / n)
	for level, z := range map[float64]float64{0.001: -3.0902323, 0.025: -1.9599640, 0.975: 1.9599640, 0.999: 3.0902323} {
		if got, want := b.limit(level), theta+z*sd; math.Abs(got-want) > 1e-6 {
			t.Errorf("level %v: %v, want about %v", level, got, want)
		}
	}
}

func TestFunnelPlaces(t *testing.T) {
	f := Funnel{Units: []Unit{{"usual", 50, 500}, {"high", 110, 500}, {"low", 5, 500}, {"small", 1, 4}, {"none", 0, 0}}}
	for name, want := range map[string]Place{"usual": 0, "high": 2, "low": -2, "small": 0, "none": 0} {
		for _, u := range f.Units {
			if got := f.PlaceOf(u); u.Name == name && got != want {
				t.Errorf("%s lies at %d, want %d", name, got, want)
			}
		}
	}
	same := Funnel{Units: []Unit{{"a", 0, 10}, {"b", 0, 900}}}
	if same.PlaceOf(same.Units[1]) != 0 {
		t.Error("without any event somebody lies outside")
	}
}

func frame(t *testing.T, lang aiqyn.Lang) Frame {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return Frame{ID: "x", Title: `A <b> & "c"`, Lang: lang, T: func(key string, args ...any) string {
		m := map[string]any{}
		for i := 0; i+1 < len(args); i += 2 {
			m[args[i].(string)] = args[i+1]
		}
		return texts.Text(lang, key, m)
	}}
}

// figures are one of each kind, some of them with hardly any data.
func figures(f Frame) map[string]Figure {
	day := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	return map[string]Figure{
		"line":           Line{Frame: f, Unit: "kW", Axis: "Day", Points: []string{"a", "b", "c"}, Lines: []Series{{"<one>", []float64{1, math.NaN(), 1234.5}}, {"two", []float64{0, 0, 0}}}}.Draw(),
		"line of one":    Line{Frame: f, Points: []string{"a"}, Lines: []Series{{"one", []float64{0}}}}.Draw(),
		"line of none":   Line{Frame: f}.Draw(),
		"bar":            Bar{Frame: f, Part: "of them", Shares: "share", Bars: []Item{{"<b>", 12_500, 3}, {"none", 0, 0}}}.Draw(),
		"bar of none":    Bar{Frame: f}.Draw(),
		"funnel":         Funnel{Frame: f, Events: "<e>", Units: []Unit{{"<u>", 9, 10}, {"v", 1, 400}}}.Draw(),
		"funnel of none": Funnel{Frame: f}.Draw(),
		"timeline":       Timeline{Frame: f, Now: day.AddDate(0, 0, 3), Spans: []Span{{Name: "<s>", From: day, Due: day.AddDate(0, 0, 5)}, {Name: "still", Kind: "still", From: day, To: day}}}.Draw(),
		"timeline, none": Timeline{Frame: f, Now: day}.Draw(),
		"heat":           Heat{Frame: f, Columns: []string{"1", "2"}, Rows: []HeatRow{{"<r>", []int64{0, 5}}}}.Draw(),
		"heat of none":   Heat{Frame: f}.Draw(),
	}
}

var broken = regexp.MustCompile(`NaN|Inf|style=|\d\.\d\d`)

// Every drawing is well-formed, says what it is, holds no style, and is the
// same again; its table has a cell per column.
func TestDrawings(t *testing.T) {
	for _, lang := range aiqyn.Langs {
		again := figures(frame(t, lang))
		for name, fig := range figures(frame(t, lang)) {
			svg := string(fig.SVG)
			d := xml.NewDecoder(strings.NewReader(svg))
			var err error
			for err == nil {
				_, err = d.Token()
			}
			if err != io.EOF {
				t.Errorf("%s: %v in %s", name, err, svg)
			}
			if !strings.Contains(svg, `<title id="x-title">A &lt;b&gt; &amp; &#34;c&#34;</title><desc id="x-desc">`) || !strings.Contains(svg, `role="img"`) {
				t.Errorf("%s does not say what it is: %s", name, svg)
			}
			if m := broken.FindString(svg[strings.Index(svg, "</desc>"):]); m != "" {
				t.Errorf("%s: %s in %s", name, m, svg)
			}
			if svg != string(again[name].SVG) {
				t.Errorf("%s differs from one drawing to the next", name)
			}
			for _, row := range fig.Rows {
				if len(row) != len(fig.Columns) {
					t.Errorf("%s: row %v for columns %v", name, row, fig.Columns)
				}
			}
		}
	}
}

func TestNumbersAreThoseOfTheLanguage(t *testing.T) {
	for lang, want := range map[aiqyn.Lang]string{aiqyn.Kazakh: "1\u00a0234,5", aiqyn.Russian: "1\u00a0234,5", aiqyn.English: "1\u00a0234.5"} {
		l := Line{Frame: frame(t, lang), Decimal: 1, Points: []string{"a"}, Lines: []Series{{"s", []float64{1234.5}}}}
		if got := l.Draw().Rows[0][1]; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

func TestScalesAreRound(t *testing.T) {
	for greatest, want := range map[float64]string{0: "[0 0.5 1]", 1: "[0 0.5 1]", 7: "[0 2 4 6 8]", 96: "[0 50 100]", 180: "[0 50 100 150 200]", 0.03: "[0 0.01 0.02 0.03]", 12_500: "[0 5000 10000 15000]"} {
		if got := fmt.Sprint(newAxis(greatest).ticks); got != want {
			t.Errorf("up to %v: %s, want %s", greatest, got, want)
		}
	}
}

func TestNamesBreakAtBlanks(t *testing.T) {
	got := strings.Join(wrapped("Өтініш беруші қайтарып алды", 15), "|")
	if got != "Өтініш беруші|қайтарып алды" {
		t.Errorf("broken as %s", got)
	}
}
