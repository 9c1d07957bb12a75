package simulate

import (
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestLonLat holds the projection against PROJ's answers.
func TestLonLat(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(string(reference(t, "domain/crs/kz_crs_vectors.csv")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, row := range rows[1:] {
		if row[2] != "42" {
			continue
		}
		number := func(k int) float64 {
			v, err := strconv.ParseFloat(row[k], 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		lon, lat := lonLat(Point{number(3), number(4)})
		if math.Abs(lon-number(0)) > 2e-9 || math.Abs(lat-number(1)) > 2e-9 {
			t.Errorf("%s, %s: got %.10f, %.10f", row[0], row[1], lon, lat)
		}
		checked++
	}
	if checked == 0 {
		t.Error("no point of zone 42")
	}
}

func TestCheckDigit(t *testing.T) {
	for number, valid := range map[string]bool{
		"061211600012": true, "900101750009": true, "990731799995": true, "900101000906": true, "900101750008": false,
	} {
		digit, ok := checkDigit(number[:11])
		if got := ok && digit == int(number[11]-'0'); got != valid {
			t.Errorf("%s: %v", number, got)
		}
	}
	if _, ok := checkDigit("90010100092"); ok {
		t.Error("90010100092 has no check digit")
	}
}

func TestNames(t *testing.T) {
	for _, list := range [][]Spelling{Names.MaleKK, Names.FemaleKK, Names.MaleRU, Names.FemaleRU, Names.SurnamesKK,
		Names.SurnamesRU, arterialNames, streetNames} {
		seen := make(map[string]bool)
		for _, s := range list {
			if seen[s.KK] || s.RU == "" || strings.ContainsAny(s.RU, "ӘәҒғҚқҢңӨөҰұҮүҺһІі") {
				t.Errorf("name %+v", s)
			}
			if en := latin(s.KK); strings.ContainsFunc(en, func(r rune) bool { return r > 127 }) {
				t.Errorf("%s in Latin letters: %s", s.KK, en)
			}
			seen[s.KK] = true
		}
	}
	if got := feminine(Spelling{"Қалиев", "Калиев"}); got.RU != "Калиева" || got.KK != "Қалиева" {
		t.Errorf("feminine: %+v", got)
	}
	if got := feminine(Spelling{"Бондаренко", "Бондаренко"}); got.RU != "Бондаренко" {
		t.Errorf("feminine: %+v", got)
	}
}

func TestOutwards(t *testing.T) {
	for n := 1; n < 9; n++ {
		got := outwards(n)
		if got[0] != n/2 {
			t.Errorf("%d: begins at %d", n, got[0])
		}
		if slices.Sort(got); !slices.Equal(got, order(n)) {
			t.Errorf("%d: %v", n, got)
		}
	}
}

func TestStreetNamer(t *testing.T) {
	var n streetNamer
	seen := make(map[string]bool)
	for k := range 150 {
		name := n.next(k%5 == 0)
		if len(name.Missing()) > 0 || seen[name.KK] {
			t.Errorf("street %d: %+v", k, name)
		}
		seen[name.KK] = true
	}
}
