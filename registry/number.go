package registry

import (
	"strings"
	"time"

	"aiqyn"
)

// IIN is the number of a person: YYMMDD, century and sex, serial, check digit.
type IIN string

// BIN is the number of an organisation: YYMM, kind, serial, check digit.
type BIN string

// CadastralNumber names a parcel: region-district-quarter-parcel.
type CadastralNumber string

// Phone is a number of Kazakhstan: "+77011234567".
type Phone string

// Person is the number as the other rooms know it.
func (n IIN) Person() aiqyn.PersonID { return aiqyn.PersonID(n) }

// Synthetic reports a number that no person can have, made for demonstrations.
func (n IIN) Synthetic() bool { return n[6] == '7' || n[6] == '8' }

// Person is the number as the other rooms know it.
func (n BIN) Person() aiqyn.PersonID { return aiqyn.PersonID(n) }

// Synthetic reports a number that no organisation can have: of a 13th month.
func (n BIN) Synthetic() bool { return n[2:4] == "13" }

// Born is the day of birth that the number tells. Numbers that state no
// century (of foreigners, and synthetic ones) are read as born 1930 to 2029.
func (n IIN) Born() time.Time {
	day, _ := born(string(n))
	return day
}

// ParseIIN reads the number of a person, with spaces or without, and checks
// its day and check digit. The century digits 7 and 8, which no law gives, mark
// synthetic people and are accepted in a demonstration only; 0 states none.
func ParseIIN(s string, demo bool) (IIN, error) {
	n, ok := twelve(s)
	if !ok {
		return "", aiqyn.E(aiqyn.Invalid, "error.iin-digits")
	}
	if c := n[6]; c == '9' || (c == '7' || c == '8') && !demo {
		return "", aiqyn.E(aiqyn.Invalid, "error.iin-wrong")
	}
	if _, ok := born(n); !ok || !checks(n) {
		return "", aiqyn.E(aiqyn.Invalid, "error.iin-wrong")
	}
	return IIN(n), nil
}

// ParseBIN reads the number of an organisation. The 13th month marks synthetic
// organisations and is accepted in a demonstration only.
func ParseBIN(s string, demo bool) (BIN, error) {
	n, ok := twelve(s)
	if !ok {
		return "", aiqyn.E(aiqyn.Invalid, "error.bin-digits")
	}
	month := n[2:4]
	known := month >= "01" && month <= "12" || month == "13" && demo
	if !known || n[4] < '4' || n[4] > '6' || n[5] > '3' || !checks(n) {
		return "", aiqyn.E(aiqyn.Invalid, "error.bin-wrong")
	}
	return BIN(n), nil
}

// born reads the first seven digits of an IIN as a day that exists.
func born(n string) (time.Time, bool) {
	century := "19"
	switch n[6] {
	case '1', '2':
		century = "18"
	case '5', '6':
		century = "20"
	case '0', '7', '8':
		if n[:2] < "30" {
			century = "20"
		}
	}
	day, err := time.Parse("20060102", century+n[:6])
	return day, err == nil
}

// checks reports whether the twelfth digit follows from the others: their sum
// weighted 1…11 modulo 11, or if that is 10, weighted 3…11, 1, 2. If it is 10
// again, the number is not issued.
func checks(n string) bool {
	for _, first := range []int{1, 3} {
		sum := 0
		for i := range 11 {
			sum += int(n[i]-'0') * ((first-1+i)%11 + 1)
		}
		if rest := sum % 11; rest < 10 {
			return rest == int(n[11]-'0')
		}
	}
	return false
}

// twelve returns s without spaces if that leaves twelve digits.
func twelve(s string) (string, bool) {
	s = without(s, " \u00a0")
	return s, len(s) == 12 && digits(s)
}

// ParseCadastral reads a cadastral number: 20-313-012-345. Colons and spaces
// do for hyphens. The prefix 99-999 belongs to no district and marks synthetic
// parcels, accepted in a demonstration only.
func ParseCadastral(s string, demo bool) (CadastralNumber, error) {
	if len(s) > 40 {
		return "", aiqyn.E(aiqyn.Invalid, "error.cadastral-number")
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-:–‑ \u00a0", r) })
	if len(parts) != 4 || len(parts[0]) != 2 || len(parts[1]) != 3 || len(parts[2]) != 3 ||
		len(parts[3]) < 1 || len(parts[3]) > 5 || !digits(strings.Join(parts, "")) {
		return "", aiqyn.E(aiqyn.Invalid, "error.cadastral-number")
	}
	synthetic := parts[0] == "99" && parts[1] == "999"
	if parts[0] == "00" || parts[0] == "99" && (!synthetic || !demo) {
		return "", aiqyn.E(aiqyn.Invalid, "error.cadastral-number")
	}
	return CadastralNumber(strings.Join(parts, "-")), nil
}

// Synthetic reports a number that no parcel can have.
func (n CadastralNumber) Synthetic() bool { return strings.HasPrefix(string(n), "99-999-") }

// ParsePhone reads a number of Kazakhstan in any of the ways people write it:
// 8 (701) 123-45-67, +7 701 1234567, 7011234567.
func ParsePhone(s string) (Phone, error) {
	plain := without(s, " \u00a0()-–.")
	international := strings.HasPrefix(plain, "+")
	plain = strings.TrimPrefix(plain, "+")
	if len(plain) == 11 && (plain[0] == '7' || plain[0] == '8' && !international) {
		plain = plain[1:]
	} else if international {
		plain = ""
	}
	if len(plain) != 10 || !digits(plain) || plain[0] != '7' && plain[0] != '6' {
		return "", aiqyn.E(aiqyn.Invalid, "error.phone")
	}
	return Phone("+7" + plain), nil
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func without(s, cut string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(cut, r) {
			return -1
		}
		return r
	}, s)
}
