/* Runs only where modules are unknown: Internet Explorer and the compatible mode of 360. */
document.getElementById('app').innerHTML =
  '<h1>请换一个浏览器内核</h1><p>这个页面在 IE 内核（兼容模式）下打不开。用 360 浏览器的，请点地址栏右侧的“e”图标，改成“极速模式”；' +
  '没有的，请用 Edge 或 Chrome 打开同一个地址。已经录入的数据不受影响。</p>'
