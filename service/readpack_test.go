package service

import "testing"

func TestStrictnessOfPackAndCertificates(t *testing.T) {
	const certificates = "certificates.yaml"
	tests := []struct{ name, file, old, new, at, want string }{
		{"unknown key", "pack.yaml", "version:", "edition: 2\nversion:", "edition", `unknown key "edition"`},
		{"no version", "pack.yaml", "version: \"1\"\n", "", "pack: tiny", `"version" is missing`},
		{"bad day", "pack.yaml", "2026-01-01", "2026-13-01", "2026-13", "want a date"},
		{"same text that nobody uses", "pack.yaml", "[Парк]", "[Парк, Бақ]", "same-in-kk", `no text of the pack is "Бақ" in both languages`},
		{"same text not reviewed", "pack.yaml", "[Парк]", "[]", "kk: Парк", "the Kazakh text equals the Russian one"},
		{"act without a source", "pack.yaml", ", source: https://example.kz/A1", "", "A1:", `"source" is missing`},
		{"region twice", "pack.yaml", `code: "711110000"`, `code: "710000000"`, "710000000\", title", "region 710000000 is there already"},
		{"code in letters", "pack.yaml", `code: "711110000"`, `code: astana`, "astana", `region code "astana": want nine digits`},
		{"district of a district", "pack.yaml", "en: District}}", "en: District}, districts: []}", "711110000", "a district has no districts"},
		{"body in no region", "pack.yaml", `region: "710000000"`, `region: "750000000"`, "park:", "region 750000000 is not among the regions"},
		{"successor of oneself", "pack.yaml", `region: "710000000"}`, `region: "710000000", successor: park}`, "park:", `successor "park" is not another body`},
		{"body that ends first", "pack.yaml", `region: "710000000"}`, `region: "710000000", from: 2026-02-01, to: 2026-01-01}`, "park:", "the body ends before it begins"},
		{"bad register name", "pack.yaml", "  people:", "  Phone Book:", "Phone Book", "want lower-case words"},

		{"certificate of no class", certificates, "class: abolished", "class: loved", "loved", `"loved": want one of abolished, self-issued`},
		{"certificate without law", certificates, ", " + someLaw, "", "tree:", "a certificate without a law"},
		{"certificate read nowhere", certificates, ", reads: trees", "", "tree:", `"reads" is missing`},
		{"certificate of an unknown register", certificates, "reads: trees", "reads: bushes", "bushes", `register "bushes" is not among the registers`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files, text := changed(t, change{tt.file, tt.old, tt.new})
			if tt.name == "bad register name" {
				files = without(files, record)
				files = without(files, "services/tree.record/cases.txtar")
			}
			expect(t, files, tt.file, text, tt.at, tt.want)
		})
	}
}
