package ui

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/web/assets"
)

// functions are what templates may call, bound to one language.
func functions(lang aiqyn.Lang, texts *locale.Catalogue, files *assets.Set) template.FuncMap {
	return template.FuncMap{
		"t": func(key string, args ...any) (string, error) {
			m, err := pairs(args)
			return texts.Text(lang, key, m), err
		},
		"in":       func(t aiqyn.Text) string { return t.In(lang) },
		"href":     func(parts ...any) string { return Href(lang, parts...) },
		"asset":    files.URL,
		"date":     func(t time.Time) string { return locale.Date(lang, t) },
		"datetime": func(t time.Time) string { return locale.DateTime(lang, t) },
		"day":      func(d deadline.Date) string { return Day(lang, d) },
		"iso":      func(t time.Time) string { return t.In(locale.Zone).Format(time.RFC3339) },
		"number":   func(n int64) string { return locale.Number(lang, n) },
		"count":    func(n int) string { return locale.Number(lang, int64(n)) },
		"money":    func(tiyn int64) string { return locale.Money(lang, tiyn) },
		"kw":       func(w int64) string { return locale.Kilowatt(lang, w) },
		"distance": func(m int64) string { return locale.Distance(lang, m) },
		"whole":    unbroken,
		"tag":      func(kind, text string) Tag { return Tag{Kind: kind, Text: text} },
	}
}

// unbroken keeps every word with a hyphen on one line, such as the reference of a case.
func unbroken(text string) template.HTML {
	words := strings.Split(text, " ")
	for i, word := range words {
		words[i] = template.HTMLEscapeString(word)
		if strings.Contains(word, "-") {
			words[i] = `<span class="whole">` + words[i] + `</span>`
		}
	}
	return template.HTML(strings.Join(words, " ")) // every word went through HTMLEscapeString
}

// Href is a path in a language, each part escaped: Href(kk, "cases", ref) is
// "/kk/cases/AQ-7K2M-9F3D".
func Href(lang aiqyn.Lang, parts ...any) string {
	var b strings.Builder
	b.WriteString("/" + string(lang) + "/")
	for i, part := range parts {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(url.PathEscape(fmt.Sprint(part)))
	}
	return b.String()
}

// Day writes a civil date.
func Day(lang aiqyn.Lang, d deadline.Date) string {
	return locale.Date(lang, time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, locale.Zone))
}

func pairs(args []any) (map[string]any, error) {
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("t: %d arguments do not make pairs", len(args))
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("t: argument name %v is not a string", args[i])
		}
		m[name] = args[i+1]
	}
	return m, nil
}
