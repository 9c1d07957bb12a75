package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"aiqyn/store/cluster"
)

// rowsToImport are more than are on their way at once by far.
const rowsToImport = 1500

const importMapping = `source: old-portal
service: energy.connection
number: {column: Number}
applicant: {column: IIN}
filed: {column: Filed, date: DD.MM.YYYY}
decided: {column: Decided, date: DD.MM.YYYY}
outcome: {column: Result, values: {issued: granted, declined: refused}}
answers:
  load: {column: kW}
`

// TestImportKilledInTheMiddle: whoever is killed goes on where they were, in a file of
// lines as in a workbook. Each row is one case in the end, those with errors are listed,
// and the log is sound.
func TestImportKilledInTheMiddle(t *testing.T) {
	t.Run("lines, SQLite", func(t *testing.T) { importIsKilled(t, "sqlite:real.db", "cases.csv", asLines(t, tableToImport())) })
	t.Run("workbook, PostgreSQL", func(t *testing.T) {
		importIsKilled(t, cluster.Database(t), "cases.xlsx", asWorkbook(t, tableToImport()))
	})
}

// tableToImport is what a former system has left; the load of row 19 is no number.
func tableToImport() [][]any {
	table := [][]any{{"Number", "IIN", "Filed", "Decided", "Result", "kW"}}
	for i := range rowsToImport {
		load := strconv.Itoa(5 + i%100)
		if i == 17 {
			load = "much"
		}
		table = append(table, []any{i + 1, "900101300017", "01.02.2020", "05.02.2020", "issued", load})
	}
	return table
}

func asLines(_ *testing.T, table [][]any) []byte {
	var b bytes.Buffer
	for _, row := range table {
		fmt.Fprintf(&b, "%v,%v,%v,%v,%v,%v\n", row...)
	}
	return b.Bytes()
}

func asWorkbook(t *testing.T, table [][]any) []byte {
	f := excelize.NewFile()
	for i, row := range table {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func importIsKilled(t *testing.T, url, file string, table []byte) {
	dir := t.TempDir()
	pack, err := filepath.Abs("../../packs/kz")
	if err != nil {
		t.Fatal(err)
	}
	aiqyn := func(args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(dir, "aiqyn"), args...)
		cmd.Dir = dir
		return cmd
	}
	if err := os.Symlink(program(t), filepath.Join(dir, "aiqyn")); err != nil { // testscript goes by the name
		t.Fatal(err)
	}
	if out, err := aiqyn("keys", "init", "--keys", "k", "--origin", "log.example/import").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, data := range map[string][]byte{"map.yaml": []byte(importMapping), file: table} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"import", "--db", url, "--without-standby", "--pack", pack, "--keys", "k", "--mapping", "map.yaml", "--in", file, "--report", "wrong.csv"}
	killed := aiqyn(append(args, "--init")...)
	progress, err := killed.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(progress)
	for lines.Scan() && !bytes.Contains(lines.Bytes(), []byte("rows done")) {
	}
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	var out bytes.Buffer
	again := aiqyn(args...)
	again.Stdout, again.Stderr = &out, os.Stderr
	if err := again.Run(); again.ProcessState.ExitCode() != 1 {
		t.Fatalf("exit code %d: %v", again.ProcessState.ExitCode(), err)
	}
	m := regexp.MustCompile(`Imported: (\d+)\. Imported before: (\d+)\. Rows with errors: 1\.`).FindStringSubmatch(out.String())
	if m == nil {
		t.Fatalf("%s", &out)
	}
	done, _ := strconv.Atoi(m[1])
	before, _ := strconv.Atoi(m[2])
	if done+before != rowsToImport-1 || before < importTold-1-importWorkers || done == 0 {
		t.Errorf("%d imported, %d before", done, before)
	}
	report, err := os.ReadFile(filepath.Join(dir, "wrong.csv"))
	if err != nil || !regexp.MustCompile(`(?m)^row,column,what is wrong\n19,kW,.+$`).Match(report) {
		t.Errorf("the report: %s, %v", report, err)
	}
	if out, err := aiqyn("audit", "--db", url, "--keys", "k", "--json").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	out.Reset()
	third := aiqyn(args...)
	third.Stdout = &out
	_ = third.Run()
	if want := fmt.Sprintf("Imported: 0. Imported before: %d. Rows with errors: 1.", rowsToImport-1); !bytes.Contains(out.Bytes(), []byte(want)) {
		t.Errorf("a third time: %s", &out)
	}
}
