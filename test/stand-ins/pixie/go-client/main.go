// Pixie's official Go client against the stand-in server: lists clusters, and runs a script with and without encryption.
// Prints a line of JSON for each thing that it got.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"px.dev/pxapi"
	"px.dev/pxapi/errdefs"
	"px.dev/pxapi/types"
)

func main() {
	if len(os.Args) < 4 {
		fail(errors.New("usage: pixie-client ADDRESS CLUSTER SCRIPT... (the key is read from PX_API_KEY)"))
	}
	address, cluster, scripts := os.Args[1], os.Args[2], os.Args[3:]
	ctx := context.Background()
	for _, encrypted := range []bool{false, true} {
		client, err := pxapi.NewClient(ctx,
			pxapi.WithAPIKey(os.Getenv("PX_API_KEY")), pxapi.WithCloudAddr(address), pxapi.WithE2EEncryption(encrypted))
		if err != nil {
			fail(err)
		}
		viziers, err := client.ListViziers(ctx)
		if err != nil {
			fail(err)
		}
		say(map[string]any{"encrypted": encrypted, "viziers": viziers})
		vizier, err := client.NewVizierClient(ctx, cluster)
		if err != nil {
			fail(err)
		}
		for _, script := range scripts {
			run(ctx, vizier, script)
		}
	}
}

// run executes one script and says every row, then how it ended.
func run(ctx context.Context, vizier *pxapi.VizierClient, script string) {
	results, err := vizier.ExecuteScript(ctx, script, printer{})
	if err != nil {
		fail(err)
	}
	defer results.Close()
	if err := results.Stream(); err != nil {
		say(map[string]any{"error": err.Error(), "compiler": errdefs.IsCompilationError(err)})
		return
	}
	say(map[string]any{"records": results.Stats().RecordsProcessed})
}

// printer says every row of every table.
type printer struct{}

func (printer) AcceptTable(_ context.Context, metadata types.TableMetadata) (pxapi.TableRecordHandler, error) {
	return printer{}, nil
}

func (printer) HandleInit(_ context.Context, metadata types.TableMetadata) error {
	columns := []string{}
	for _, column := range metadata.ColInfo {
		columns = append(columns, fmt.Sprintf("%s %v %v", column.Name, column.Type, column.SemanticType))
	}
	say(map[string]any{"table": metadata.Name, "columns": columns})
	return nil
}

func (printer) HandleRecord(_ context.Context, record *types.Record) error {
	row := map[string]string{}
	for index, datum := range record.Data {
		row[record.TableMetadata.ColInfo[index].Name] = datum.String()
	}
	say(map[string]any{"table": record.TableMetadata.Name, "row": row})
	return nil
}

func (printer) HandleDone(context.Context) error { return nil }

func say(value any) {
	line, err := json.Marshal(value)
	if err != nil {
		fail(err)
	}
	fmt.Println(string(line))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
