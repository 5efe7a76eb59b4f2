// exceljs 4.4 as a stream: `node exceljs.mjs read FILE`, `node exceljs.mjs write FILE ROWS COLUMNS`.
import ExcelJS from 'exceljs'

const [, , what, file, rows, columns] = process.argv

async function read() {
  const options = { sharedStrings: 'cache', styles: 'cache', hyperlinks: 'ignore', worksheets: 'emit' }
  let cells = 0
  for await (const sheet of new ExcelJS.stream.xlsx.WorkbookReader(file, options))
    for await (const row of sheet) row.eachCell((cell) => (cells += cell.value !== null ? 1 : 0))
  console.log(JSON.stringify({ cells }))
}

const villages = ['红花集村', '寇庄村', '水牛刘村', '龙池头村', '凌桥村', '三里桥村', '冢王村']
let state = 20191231
const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0)

function cell(row, column) {
  const n = random()
  if (column % 4 === 0) return villages[n % 7]
  if (column % 4 === 1) return `41162210${String(n % 10000).padStart(4, '0')}${String(row).padStart(5, '0')}`
  if (column % 4 === 2) return (n % 10000000) / 100
  return new Date(Date.UTC(2000, 0, 1 + (n % 8000)))
}

async function write() {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: file, useStyles: true, useSharedStrings: false })
  const sheet = book.addWorksheet('Sheet1')
  sheet.columns = Array.from({ length: Number(columns) }, (_, c) =>
    c % 4 === 3 ? { style: { numFmt: 'yyyy-mm-dd' } } : {})
  for (let r = 0; r < Number(rows); r++)
    sheet.addRow(Array.from({ length: Number(columns) }, (_, c) => cell(r, c))).commit()
  await book.commit()
}

await (what === 'read' ? read() : write())
