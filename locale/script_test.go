package locale

import (
	"bytes"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"aiqyn"
)

func TestSuspicious(t *testing.T) {
	for _, test := range []struct {
		text string
		want []Span
	}{
		{"", nil},
		{"Астана, Иванов, Aiqyn, QR-код, 150 кВт", nil},
		{"Әділет ұғымы, Ғани, ёлка", nil},
		{"Acтана", []Span{{0, 2, "Ac", "Ас"}}},
		{"Иванoв", []Span{{8, 9, "o", "о"}}},
		{"Сәуiр", []Span{{6, 7, "i", "і"}}},
		{"үйəкс", []Span{{4, 6, "ə", "ә"}}},
		{"Аiqyn", []Span{{0, 2, "А", "A"}}}, // a Cyrillic А in a Latin word
		{"слово and Oрал", []Span{{15, 16, "O", "О"}}},
	} {
		if got := Suspicious(test.text); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: got %v, want %v", test.text, got, test.want)
		}
	}
}

func FuzzSuspicious(f *testing.F) {
	f.Add("Acтана и Aстана")
	f.Fuzz(func(t *testing.T, s string) {
		for _, span := range Suspicious(s) {
			if utf8.ValidString(s) && s[span.Start:span.End] != span.Text {
				t.Errorf("%q: %v is not there", s, span)
			}
		}
	})
}

func TestNFC(t *testing.T) {
	if got := NFC("и\u0306ё\u0435\u0308"); got != "йёё" {
		t.Errorf("got %q", got)
	}
}

func TestSortKeyFollowsTheAlphabet(t *testing.T) {
	for _, test := range []struct {
		lang aiqyn.Lang
		want string
	}{
		{aiqyn.Kazakh, "а ә б в г ғ д е ё ж з и й к қ л м н ң о ө п р с т у ұ ү ф х һ ц ч ш щ ъ ы і ь э ю я"},
		{aiqyn.Russian, "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я"},
		{aiqyn.Russian, "Ежов Елисеев Ёлкин Жуков"},
		{aiqyn.Kazakh, "Айгүл Ахмет Әбіш Бауыржан Ғани Еркін Қанат Ұлан Үміт Ырыс Іңкәр"},
	} {
		want := strings.Fields(test.want)
		got := slices.Clone(want)
		rand.New(rand.NewSource(1)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, func(a, b string) int {
			return bytes.Compare(SortKey(test.lang, a), SortKey(test.lang, b))
		})
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v", test.lang, got)
		}
	}
}

func BenchmarkSortKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		SortKey(aiqyn.Kazakh, "Құнанбайұлы Абай")
	}
}
